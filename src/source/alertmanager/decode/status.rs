//! The answer to `status`.

use crate::model::delivery::Routing;
use crate::model::fault::FetchError;
use crate::source::json::Scanner;
use crate::source::json::value::exact;
use crate::text::Plain;

use super::foreign;

#[derive(Debug, Clone, PartialEq)]
pub struct Status {
    pub routing: Routing,
    /// `ready`, `settling` or `disabled`.
    pub cluster: Plain,
    /// Servers of the cluster, this one among them; 0 without one.
    pub members: usize,
}

pub fn status(body: &[u8]) -> Result<Status, FetchError> {
    let (mut version, mut config, mut cluster, mut members) = (Plain::default(), None, Plain::default(), 0);
    let mut scan = Scanner::new(body);
    if scan.peek()? != b'{' {
        return Err(foreign());
    }
    scan.object(|key, scan| match key {
        b"config" => scan.object(|key, scan| {
            match key {
                b"original" => config = exact(scan)?,
                _ => drop(scan.skip()?),
            }
            Ok(())
        }),
        b"versionInfo" => scan.object(|key, scan| {
            match key {
                b"version" => version = scan.text()?.unwrap_or_default(),
                _ => drop(scan.skip()?),
            }
            Ok(())
        }),
        b"cluster" => scan.object(|key, scan| match key {
            b"status" => {
                cluster = scan.text()?.unwrap_or_default();
                Ok(())
            }
            b"peers" => scan.array(|scan| {
                members += 1;
                scan.skip().map(drop)
            }),
            _ => scan.skip().map(drop),
        }),
        _ => scan.skip().map(drop),
    })?;
    scan.finish()?;
    let config = config.ok_or_else(foreign)?;
    Ok(Status { routing: Routing { version, config }, cluster, members })
}
