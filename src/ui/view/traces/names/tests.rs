use super::*;

const NOW: Timestamp = Timestamp(1_700_000_000_000);

fn traces() -> Traces {
    let mut traces = Traces::default();
    let names = |names: &[&str]| Ok(names.iter().map(|name| (*name).into()).collect());
    traces.want_names(Some("service=checkout operation="), None);
    traces.names.take(&Query::Services, names(&["cart", "catalog", "checkout", "my shop", "prod-cart"]), NOW);
    let query = Query::Operations { service: "checkout".to_owned() };
    traces.names.take(&query, names(&["GET /cart", "POST /api/checkout", "POST /api/pay"]), NOW);
    traces
}

fn completed(before: &str) -> (String, String) {
    let Completed { before, offered, .. } = traces().complete(before, "");
    (before, offered)
}

#[test]
fn a_word_is_completed_as_far_as_it_is_clear() {
    for (typed, before, offered) in [
        ("che", "checkout ", ""),
        ("service=ca", "service=ca", "fits: cart, catalog"),
        ("service=CAT", "service=catalog ", ""),
        ("service=my", "service=\"my shop\" ", ""),
        ("service=\"my s", "service=\"my shop\" ", ""),
        ("service=cart", "service=cart ", ""),
        ("service=shop", "service=\"my shop\" ", ""),
        ("service=x", "service=x", "nothing fits that is known"),
        ("service=checkout operation=get", "service=checkout operation=\"GET /cart\" ", ""),
        ("checkout operation=po", "checkout operation=\"POST /api/", "fits: \"POST /api/checkout\", \"POST /api/pay\""),
        ("checkout mi", "checkout min=", ""),
        ("checkout m", "checkout m", "fits: min=, max="),
        ("checkout err", "checkout error=true ", ""),
    ] {
        assert_eq!(completed(typed), (before.to_owned(), offered.to_owned()), "{typed}");
    }
}

#[test]
fn the_service_is_read_from_a_line_that_is_not_complete() {
    for (typed, service) in [
        ("checkout operation=\"PO", Some("checkout")),
        ("min=5x service=\"my shop\" op", Some("my shop")),
        ("error=true slow", None),
        ("", None),
    ] {
        assert_eq!(service_of(typed).as_deref(), service, "{typed}");
    }
}

#[test]
fn services_are_offered_once_and_why_not() {
    let mut traces = traces();
    assert_eq!(traces.picked(), None);
    traces.pick_service();
    assert_eq!(traces.picked().map(|picked| picked.map(|names| names.len())), Some(Ok(5)));
    assert_eq!(traces.picked(), None);
    let mut traces = Traces::default();
    traces.pick_service();
    assert_eq!((traces.picked(), traces.names.subscriptions().len()), (None, 1));
    traces.names.take(&Query::Services, Err(FetchError::Refused), NOW);
    assert_eq!(traces.picked(), Some(Err("the services: connection refused".to_owned())));
}

#[test]
fn whoever_goes_on_is_offered_nothing_any_more() {
    let mut traces = Traces::default();
    traces.pick_service();
    traces.give_up_picking();
    assert!(traces.names.subscriptions().is_empty());
    traces.names.take(&Query::Services, Ok(vec!["cart".into()]), NOW);
    assert_eq!(traces.picked(), None);
}
