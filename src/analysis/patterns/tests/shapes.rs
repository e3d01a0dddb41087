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
    &[
        "critical input interrupt (unit=0x0b bit=0x09): warning for torus y+ wire, suppressing further interrupts",
        "critical input interrupt (unit=0x0a bit=0x01): warning for torus z- wire, suppressing further interrupts",
    ],
    &[
        "1 torus receiver z+ input pipe error(s) (dcr 0x02ed) detected and corrected",
        "2 torus receiver x- input pipe error(s) (dcr 0x02ec) detected and corrected",
    ],
    &[
        "NFS Mount failed on bglio17, slept 15 seconds, retrying (1)",
        "NFS Mount failed on bglio5, slept 30 seconds, retrying (2)",
    ],
    &[
        "Error receiving packet on tree network, expecting type 57 instead of type 3 (softheader=006c0003 7a08019a 00030002 00000028)",
        "Error receiving packet on tree network, expecting type 57 instead of type 1 (softheader=abcdefab 7a08019a deadbeef 00000028)",
    ],
    &[
        "In packet from node 178.0 (R01-M0-Nf-C:J13-U01), message code 2 is not 3 or 4294967295 (softheader=003d90b1 00b2003c)",
        "In packet from node 62.1 (R01-M1-N2-C:J02-U11), message code 1 is not 51 or 4294967295 (softheader=003d90b1 aabbccdd)",
    ],
    &[
        "ASSERT expression=0 Source file=idotransportmgr.cpp Source line=1043 Function=int IdoTransportMgr::SendPacket(IdoUdpMgr*, BglCtlPavTrace*)",
    ],
    &[
        "PrepareForService shutting down Node card(mLctn(R24-M0-N6), mCardSernum(203231503833), mLp(FF:F2:9F:16:E0:AB), mIp(10.2.1.34), mType(4)) as part of Service Action 502",
        "PrepareForService shutting down Node card(mLctn(R25-M1-N2), mCardSernum(20323150383), mLp(FF:F2:9F:16:EA:CD), mIp(10.2.1.35), mType(4)) as part of Service Action 507",
    ],
    &[
        "Kernel detected 20 integer alignment exceptions (1) iar 0x0023f108, dear 0x1feaa260 (2) iar 0x0023f108, dear 0x1feaa280",
        "Kernel detected 2 integer alignment exceptions (1) iar 0x0023f10c, dear 0x1feaa260 (2) iar 0x0023f108, dear 0x1feaa280",
    ],
    &["program interrupt: illegal instruction......0", "program interrupt: illegal instruction......1"],
    &[
        "Component State Change: Component \\042SCSI-WWID:01000010:6005-08b4-0001-00c6-0006-3000-003d-0000\\042 is in the unavailable state (HWID=1973)",
        "Component State Change: Component \\042alt0\\042 is in the unavailable state (HWID=3180)",
    ],
    &[
        "node node-22 has detected an available network connection on network 5.5.224.0 via interface alt0",
        "node node-D1 has detected an available network connection on network 5.5.226.0 via interface ee0",
    ],
    &[
        "inconsistent nodesets node-31 0x1fffffffe <ok> node-0 0xfffffffe <ok> node-1 0xfffffffe <ok>",
        "inconsistent nodesets node-31 0xfffffffe <ok> node-0 0x1fffffffe <ok> node-1 0xfffffffe <ok>",
    ],
    &["boot (command 1903)", "boot (command 3357)"],
    &[
        "ACPI: PCI interrupt 0000:00:1d.0[A] -> GSI 16 (level, low) -> IRQ 169",
        "ACPI: PCI interrupt 0000:02:0e.1[B] -> GSI 18 (level, low) -> IRQ 177",
    ],
    &["tg3: eth0: Link is up at 1000 Mbps, full duplex.", "tg3: eth1: Link is up at 100 Mbps, full duplex."],
    &[
        "mptscsi: ioc0: attempting task abort! (sc=00000101bddee480)",
        "mptscsi: ioc1: attempting task abort! (sc=0000010aabbccdde)",
    ],
    &[
        "Adding 2008116k swap on /dev/sda6.  Priority:-1 extents:1",
        "Adding 4192956k swap on /dev/sdb2.  Priority:-2 extents:1",
    ],
    &[
        "DHCPACK on 10.100.8.5 to 00:11:43:da:62:81 (bn45) via eth0",
        "DHCPACK on 10.100.8.6 to 00:11:43:da:62:82 via eth0",
    ],
    &[
        "connection from 210.3.21.2 () at Wed Nov  9 12:40:01 2005",
        "connection from 61.2.3.4 (host.example.com) at Thu Nov 10 01:00:01 2005",
    ],
    &[
        "SQM: Failed to start upload with file pattern: C:\\Windows\\servicing\\sqm\\*_std.sqm, flags: 0x2 [HRESULT = 0x80004005 - E_FAIL]",
        "SQM: Failed to start upload with file pattern: C:\\Windows\\servicing\\sqm\\*_all.sqm, flags: 0x6 [HRESULT = 0x80004005 - E_FAIL]",
    ],
    &[
        "00000004 Creating NT transaction (seq 2), objectname [6]\"(null)\"",
        "00000006 Creating NT transaction (seq 3), objectname [6]\"(null)\"",
    ],
    &[
        "Created NT transaction (seq 2) result 0x00000000, handle @0x214",
        "Created NT transaction (seq 1) result 0x00000000, handle @0x1f8",
    ],
    &["Scavenge: Completed, disposition: 0X1"],
    &[
        "ready=true,policy=3,wakefulness=1,wksummary=0x23,uasummary=0x1,bootcompleted=true,boostinprogress=false,adj=0.0userId=0",
        "ready=false,policy=3,wakefulness=1,wksummary=0x0,uasummary=0x1,bootcompleted=true,boostinprogress=true,adj=0.0userId=0",
    ],
    &["mVisiblity.getValue is false", "mVisiblity.getValue is true"],
    &["HBM brightnessIn =38", "HBM brightnessIn =0"],
    &[
        "Destroying surface Surface(name=PopupWindow:317e46) called by com.android.server.wm.WindowStateAnimator.destroySurface:2060",
        "Destroying surface Surface(name=SurfaceView) called by com.android.server.wm.WindowStateAnimator.destroySurface:2060",
    ],
    &[
        "getRunningAppProcesses: caller 10113 does not hold REAL_GET_TASKS; limiting output",
        "getRunningAppProcesses: caller 10111 does not hold REAL_GET_TASKS; limiting output",
    ],
    &["onExtend:1514038530000 14 0 4", "onExtend:1514038590000 14 0 4"],
    &["upLoadOneMinuteDataToEngine time=25233974,0,0,0,0", "upLoadOneMinuteDataToEngine time=25233975,12,0,0,3"],
    &[
        "message repeated 5 times: [ Failed password for root from 5.36.59.76 port 42393 ssh2]",
        "message repeated 2 times: [ Failed password for root from 183.62.140.253 port 3398 ssh2]",
    ],
    &["pam_unix(sshd:session): session opened for user fztu by (uid=0)"],
    &[
        "Accepted password for fztu from 119.137.62.142 port 49116 ssh2",
        "Accepted password for mara from 10.1.2.3 port 22 ssh2",
    ],
    &[
        "Did not receive identification string from 195.154.37.122",
        "Did not receive identification string from 123.235.32.19",
    ],
    &["error: Received disconnect from 103.99.0.122: 14: No more user authentication methods available. [preauth]"],
    &["error: Received disconnect from 195.154.37.122: 3: com.jcraft.jsch.JSchException: Auth fail [preauth]"],
    &["Captive: CNPluginHandler en0: Inactive"],
    &["Captive: CNPluginHandler en0: Evaluating"],
    &["Wake reason: RTC (Alarm)"],
    &["Wake reason: EC.SleepTimer (SleepTimer)"],
    &["Unexpected payload found for message 9, dataLen 0", "Unexpected payload found for message 3, dataLen 20"],
    &[
        "[HID] [ATC] AppleDeviceManagementHIDEventService::processWakeReason Wake reason: Host (0x01)",
        "[HID] [ATC] AppleDeviceManagementHIDEventService::processWakeReason Wake reason: Host (0x02)",
    ],
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
