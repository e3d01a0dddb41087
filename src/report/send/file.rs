//! A report into a folder, each file whole or not at all.

use crate::cli::Output;
use crate::model::target::Folder;
use crate::report::document::Report;
use crate::report::render::render;
use crate::report::write::write;
use crate::text::Plain;

use super::file_name;

pub async fn send(folder: &Folder, report: &Report) -> Result<Plain, Plain> {
    let file = |format| (folder.path.join(file_name(&report.plan, format)), render(report, format, false));
    let files: Vec<_> = folder.formats.iter().map(|format| file(*format)).collect();
    // A share that is gone may hang for long.
    let written = tokio::task::spawn_blocking(move || {
        let mut paths = Vec::new();
        for (path, text) in files {
            write(&Output::File(path.clone()), &text).map_err(|error| Plain::from(error.to_string()))?;
            paths.push(path.to_string_lossy().into_owned());
        }
        Ok(Plain::from(paths.join(" and ")))
    });
    written.await.unwrap_or_else(|_| Err(Plain::new("the files could not be written")))
}
