//! Lines of many shapes, as operating systems, phones, supercomputers and servers write them: which belong together,
//! and which must not.

use std::collections::BTreeMap;

use super::{Miner, PatternId};

/// Each is what one statement of a program wrote.
const GROUPS: &[&[&str]] = &[
    &[
        "ddr: activating redundant bit steering: rank=0 symbol=2",
        "ddr: activating redundant bit steering: rank=1 symbol=13",
    ],
    &[
        "1 ddr errors(s) detected and corrected on rank 0, symbol 3, bit 5",
        "11 ddr errors(s) detected and corrected on rank 1, symbol 16, bit 0",
    ],
    &["floating point instr. enabled.....1", "floating point instr. enabled.....0"],
    &["machine check enable..............1", "machine check enable..............0"],
    &["CE sym 2, at 0x0b85eee0, mask 0x05", "CE sym 20, at 0x1438f9e0, mask 0x40"],
    &["generating core.2275", "generating core.862"],
    &["instruction cache parity error corrected"],
    &["data cache parity error detected. attempting to correct"],
    &["r24=0x00000001 r25=0x00544eb8 r26=0xffffffff", "r24=0x0fedcba8 r25=0x00000000 r26=0x1a2b3c4d"],
    &["link card power module u-01 is not accessible", "link card power module u-02 is not accessible"],
    &[
        "Error reading message prefix on stream to 172.16.96.116:33569: Link has been severed",
        "Error reading message prefix on stream to 172.16.96.200:40100: Link has been severed",
    ],
    &["Error reading message prefix on stream to 172.16.96.116:33569: Connection reset by peer"],
    &[
        "Targeting domains:node-[0-7 9-31] and nodes:node-[40-63 70] child of command 2176",
        "Targeting domains:node-[1] and nodes:node-[32-95] child of command 7",
    ],
    &["Fan speeds ( 3552 3534 3375 4245 3515 3479 )", "Fan speeds ( 3600 3500 )"],
    &["Temperature (42C) exceeds warning threshold", "Temperature (39C) exceeds warning threshold"],
    &["DHCPDISCOVER from 00:11:43:e3:ba:c3 via eth1", "DHCPDISCOVER from de:ad:be:ef:ba:fe via eth0"],
    &[
        "DHCPREQUEST for 10.0.0.9 from 0a:1b:ba:e3:aa:fc via eth1",
        "DHCPREQUEST for 10.100.0.9 from aa:bb:cc:dd:ee:ff via eth1",
    ],
    &[
        "data_thread() got not answer from any [Thunder_A8] datasource",
        "data_thread() got not answer from any [Thunder_B12] datasource",
    ],
    &["(root) CMD (run-parts /etc/cron.hourly)", "(root) CMD (run-parts /etc/cron.daily)"],
    &["synchronized to 10.100.20.250, stratum 3", "synchronized to 10.100.22.1, stratum 10"],
    &["ACPI: LAPIC_NMI (acpi_id[0x01] high edge lint[0x1])", "ACPI: LAPIC_NMI (acpi_id[0x02] high edge lint[0x1])"],
    &["scsi0 (0:0): rejecting I/O to offline device", "scsi1 (2:0): rejecting I/O to offline device"],
    &[
        "Loaded Servicing Stack v6.1.7601.23505 with Core: C:\\Windows\\winsxs\\amd64_servicing\\core.dll",
        "Loaded Servicing Stack v6.1.7601.17514 with Core: D:\\Windows\\winsxs\\x86\\core.dll",
    ],
    &["Opened \\\\fileserver\\profiles\\mara for backup", "Opened \\\\nas\\team for backup"],
    &[
        "Session: 30546174_78454144 initialized by client UpdateAgent.",
        "Session: 30546173_4026762434 initialized by client UpdateAgent.",
    ],
    &[
        "Expecting attribute name [HRESULT = 0x800f080d - INVALID_ITEM]",
        "Expecting attribute name [HRESULT = 0x80070002 - INVALID_ITEM]",
    ],
    &["Failed to get next element [HRESULT = 0x800f080d - INVALID_ITEM]"],
    &[
        "Read out cached package applicability for package: Package_for_KB2928120~31bf3856ad364e35~amd64~~6.1.1.2, ApplicableState: 112, CurrentState:112",
        "Read out cached package applicability for package: Package_for_KB3~31bf~amd64~~6.1.1.0, ApplicableState: 80, CurrentState:0",
    ],
    &[
        "Creating transaction {d16d444c-56d8-11d5-882d-0080c847b195} with flags 00000002",
        "Creating transaction {a0000000-0000-0000-0000-00000000000f} with flags 00000000",
    ],
    &[
        "called (stack @0x7fed806eb5d @0x7fef9fb9b6d @0x7fef9f8358b)",
        "called (stack @0x7fed806eb5d @0x7fef9fb9b6d @0x7fef9f8358b @0xff83e97c)",
    ],
    &[
        "acquire lock=233570404, flags=0x1, tag=\"View Lock\", name=com.android.systemui, ws=null, uid=10037",
        "acquire lock=189667585, flags=0x1, tag=\"*launch*\", name=android, ws=WorkSource{10113}, uid=1000",
        "acquire lock=1, flags=0x1, tag=\"RILJ_ACK_WL\", name=com.android.phone, ws=null, uid=1001",
    ],
    &["release lock=233570404, flags=0x0"],
    &[
        "setVisibility vis=0 mask=1 oldVal=40000500 newVal=40000500 bounds=Rect(0, 0 - 0, 0) docked=Rect(0, 0 - 1, 1)",
        "setVisibility vis=40000500 mask=ffffffff oldVal=508 newVal=40000500 bounds=Rect(1, 2 - 30, 40) docked=Rect(0, 0 - 0, 0)",
    ],
    &[
        "Skipping WindowToken{df0798e token=Token{78af589 Record{3b04890 u0 com.tencent.qt/com.video.Player t761}}} -- going to hide",
        "Skipping WindowToken{4cbfbe9 token=Token{78 Record{3 u0 org.mail/.Inbox t7 f}}} -- going to hide",
    ],
    &[
        "allDrawn= false, startingDisplayed =  false, startingMoved =  false",
        "allDrawn= true, startingDisplayed =  true, startingMoved =  false",
    ],
    &["onStepChanged 3579", "onStepChanged 3580"],
    &[
        "getTodayTotalSteps = 1514038440000##6993##548365##8661##12266##27164404",
        "getTodayTotalSteps = 1514038440000##7007##5##0",
    ],
    &["REPORT : 7007 5002 150089 240", "REPORT : 7008 5003 150111 240"],
    &["onReceive action: android.intent.action.SCREEN_ON"],
    &["onReceive action: android.intent.action.SCREEN_OFF"],
    &["screen status unknown,think screen on"],
    &[
        "ARPT: 620701.011328: wl0: wl_update_seq: Original Seq: 3092940265, Ack: 3301618211, Win size: 4096",
        "ARPT: 621131.293163: wl0: wl_update_seq: Original Seq: 1, Ack: 2, Win size: 278",
    ],
    &["en0: BSSID changed to 5c:50:15:36:bc:03", "en0: BSSID changed to fc:ec:da:ab:cd:ef"],
    &[
        "Switch<0>(0x0)::listenerCallback - packet for route = 0x0 port = 11 unplug = 0",
        "Switch<0>(0x0)::listenerCallback - packet for route = 0x1 port = 12 unplug = 1",
    ],
    &["Bluetooth -- LE is supported - Disable LE meta event"],
    &["PM response took 1988 ms (54, powerd)", "PM response took 28 ms (54, powerd)"],
    &[
        "com.apple.cts[258]: com.apple.suggestions.harvest: told me to run this job; the start time isn't for 440506 seconds.",
        "com.apple.cts[43]: com.apple.CacheDelete.daily: told me to run this job; the start time isn't for 99 seconds.",
    ],
    &[
        "Failed password for invalid user webmaster from 173.234.31.186 port 38926 ssh2",
        "Failed password for invalid user test9 from 52.80.34.196 port 36060 ssh2",
    ],
    &[
        "Failed password for root from 112.95.230.3 port 45378 ssh2",
        "Failed password for uucp from 5.36.59.76 port 42393 ssh2",
    ],
    &["Invalid user webmaster from 173.234.31.186", "Invalid user pgadmin from 5.188.10.180"],
    &[
        "input_userauth_request: invalid user webmaster [preauth]",
        "input_userauth_request: invalid user admin [preauth]",
    ],
    &[
        "PAM 5 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=hosting.example",
        "PAM 2 more authentication failures; logname= uid=0 euid=0 tty=ssh ruser= rhost=10.0.0.1",
    ],
    &[
        "reverse mapping checking getaddrinfo for ns.marryaldk.com [173.234.31.186] failed - POSSIBLE BREAK-IN ATTEMPT!",
        "reverse mapping checking getaddrinfo for 190-174.speedy.com.ar [190.174.14.217] failed - POSSIBLE BREAK-IN ATTEMPT!",
    ],
    &[
        "Received disconnect from 52.80.34.196: 11: Bye Bye [preauth]",
        "Received disconnect from 195.154.37.122: 11: Bye Bye [preauth]",
    ],
    &["level=info component=\"query planner\" took=12ms rows=3", "level=info component=\"http api\" took=120ms rows=0"],
    &["search \"red shoes\" found 12 items", "search \"größe 42\" found 0 items", "search \"tent\" found 7 items"],
    &[
        "{\"event\": \"login\", \"id\": 7, \"tags\": [\"a1\", \"b2\"]}",
        "{\"event\": \"login\", \"id\": 99, \"tags\": [\"c3\"]}",
    ],
    &["checksum of part 3 is deadbeef", "checksum of part 4 is 0badcafe"],
    &["can't open the door, won't try 3 times", "can't open the door, won't try 4 times"],
];

#[test]
fn lines_of_one_statement_are_together_and_no_others() {
    let mut miner = Miner::default();
    let mut found: Vec<(usize, &str, PatternId)> = Vec::new();
    for (group, lines) in GROUPS.iter().enumerate() {
        found.extend(lines.iter().map(|line| (group, *line, miner.add(line))));
    }
    let (mut wrong, mut owner) = (Vec::new(), BTreeMap::new());
    for (group, line, id) in found {
        let id = miner.find(id);
        let first = owner.iter().find(|(_, of)| **of == group).map(|(id, _)| *id);
        if owner.insert(id, group).is_some_and(|of| of != group) || first.is_some_and(|first| first != id) {
            wrong.push(format!("{line}   as   {}", miner.text(id)));
        }
    }
    assert!(wrong.is_empty(), "{} wrong: {wrong:#?}", wrong.len());
}
