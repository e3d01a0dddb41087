//! Every command that a finding names opens the console: its selection is read by the code that reads `--select`.

use a360::model::place::Room;
use a360::report::Plan;
use a360::ui::app::Select;
use a360::ui::view::ViewId;

use crate::script::{NOW, Script, build_for, plan};

#[test]
fn what_is_selected_can_be_selected() {
    let plan = Plan { logs: true, traces: true, ..plan() };
    let report = build_for(Script::incident(), &plan);
    let places: Vec<_> = report.insights.iter().flat_map(|one| &one.evidence).map(|one| &one.place).collect();
    for room in [Room::Overview, Room::Logs, Room::Traces] {
        assert!(places.iter().any(|place| place.room == room), "{room:?}: {places:?}");
    }
    for place in places {
        let view = match place.room {
            Room::Overview => ViewId::Overview,
            Room::Alerts => ViewId::Alerts,
            Room::Logs => ViewId::Logs,
            Room::Traces => ViewId::Traces,
        };
        assert!(place.range.length() > 0 && place.range.end <= report.grid.now.end);
        let select = place.select.as_deref().unwrap();
        assert!(Select::parse(select, view, NOW, &plan.zone).is_ok(), "{select}");
    }
}
