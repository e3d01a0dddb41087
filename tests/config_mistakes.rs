//! One line for every mistake that can be made in a config file: where, what, and what would be right.
//!
//! Each table holds files and, after `=>`, what is said about the file above it: `LINE: TEXT`. What the files of a
//! table begin with alike stands beside it.

use std::path::Path;

use a360::config::Config;

fn mistake(text: &str) -> String {
    let path = Path::new("config.toml");
    Config::parse(text, path, None).map(|_| String::new()).unwrap_or_else(|mistake| mistake.to_string())
}

fn check(beginning: &str, table: &str) {
    let mut text = beginning.to_owned();
    for line in table.trim_start().lines() {
        match line.strip_prefix("=> ") {
            Some(expected) => {
                assert_eq!(mistake(&text), format!("config.toml:{expected}"), "\n{text}");
                text = beginning.to_owned();
            }
            None => {
                text.push_str(line);
                text.push('\n');
            }
        }
    }
    assert_eq!(text, beginning, "the table ends with an expectation");
}

#[test]
fn the_file_as_toml() {
    check(
        "",
        r#"
[ui]
zone = utc
=> 2: not TOML: string values must be quoted, expected literal string
[ui
zone = 'utc'
=> 1: not TOML: unclosed table, expected `]`
[ui]
zone = 'utc
=> 2: not TOML: invalid literal string, expected `'`
[ui]
zone
=> 2: not TOML: key with no value, expected `=`
[ui]
zone = 'utc'
zone = 'local'
=> 3: `zone` stands twice here; keep one of them
[contexts.a.prometheus]
url = 'http://a'
[contexts.a.prometheus]
=> 3: `prometheus` stands twice here; keep one of them
ui = 5
=> 1: `ui` at the top of the file must be a table; write it as [ui]
[[contexts]]
name = 'a'
=> 1: `contexts` at the top of the file must be a table; write it as [contexts]
contexts.a = 'http://a'
=> 1: `a` in [contexts] must be a table; write it as [contexts.a]
"#,
    );
}

#[test]
fn keys_that_are_not_known() {
    check(
        "",
        r#"
authro = 'mara'
=> 1: unknown key `authro` at the top of the file; did you mean `author`?
[contexts.prod]
read_only = true
promethius = 1
=> 3: unknown key `promethius` in [contexts.prod]; did you mean `prometheus`?
[contexts.prod.prometheus]
url = 'http://a'
timout = '5s'
=> 3: unknown key `timout` in [contexts.prod.prometheus]; did you mean `timeout`?


contxt = 'prod'
=> 3: unknown key `contxt` at the top of the file; did you mean `context`?
[ui]
sound = true
=> 2: unknown key `sound` in [ui]; the keys are: theme, color, glyphs, zone, range, refresh, tiles, mouse, bell
[contexts.a.zipkin]
url = 'http://a'
=> 1: unknown key `zipkin` in [contexts.a]; the keys are: production, read_only, dead_mans_switch, prometheus, alertmanager, elasticsearch, jaeger, scopes, overview
[contexts.a.jaeger]
url = 'http://a'
servce = "x"
=> 3: unknown key `servce` in [contexts.a.jaeger]; did you mean `service`?
[contexts.a.jaeger]
url = 'http://a'
service = ""
=> 3: `service` in [contexts.a.jaeger] must be the name of a service as its spans have it, such as "agent360"
[contexts.a.jaeger]
service = "x"
=> 1: [contexts.a.jaeger] has no `url`; add url = "http://HOST:PORT"
[contexts.a.jaeger]
url = 'jaeger:16686'
=> 2: `url` in [contexts.a.jaeger] has no scheme; write http://jaeger:16686 or https://jaeger:16686
[contexts.a.elasticsearch]
url = 'http://a'
indx = "x"
=> 3: unknown key `indx` in [contexts.a.elasticsearch]; did you mean `index`?
[contexts.a.elasticsearch]
url = 'http://a'
[contexts.a.elasticsearch.fields]
levl = "x"
=> 4: unknown key `levl` in [contexts.a.elasticsearch.fields]; did you mean `level`?
[contexts.a.elasticsearch]
url = 'http://a'
index = "_all logs"
=> 3: `index` in [contexts.a.elasticsearch] must be a name or a pattern of indices, such as "agent360-*" or "logs-*,agent360-*"
[contexts.a.elasticsearch]
url = 'http://a'
fields.level = "lev*"
=> 3: `level` in [contexts.a.elasticsearch.fields] must be the path of one field, such as "log.level"
[contexts.a.elasticsearch]
index = "x"
=> 1: [contexts.a.elasticsearch] has no `url`; add url = "http://HOST:PORT"
[contexts."a b".prometheus]
url = 'http://a'
urll = 1
=> 3: unknown key `urll` in [contexts."a b".prometheus]; did you mean `url`?
[contexts.a.overview]
request = 'up'
=> 2: unknown key `request` in [contexts.a.overview]; did you mean `requests`?
[contexts.a.overview.limits]
latency_seconds = 2
=> 2: unknown key `latency_seconds` in [contexts.a.overview.limits]; did you mean `latency`?
[contexts.a.overview.hosts]
swap = 'up'
=> 2: unknown key `swap` in [contexts.a.overview.hosts]; the keys are: cpu, memory, disk, inodes, received, sent, load, cores, clock_skew
[contexts.a.overview.database]
job = 'x'
=> 2: unknown key `job` in [contexts.a.overview.database]; the keys are: name, matcher
[contexts.a.prometheus]
url = 'http://a'
[contexts.a.scopes.x]
match = 'x'
=> 4: unknown key `match` in [contexts.a.scopes.x]; did you mean `matcher`?
"#,
    );
}

#[test]
fn values_of_ui() {
    check(
        "[ui]\n",
        r#"
refresh = 5
=> 2: `refresh` in [ui] needs a unit; write it as text such as "5s", "15m" or "1h"
refresh = '5'
=> 2: `refresh` in [ui] is wrong: `5` is not a duration; write 30s, 15m, 1h, 1h30m or 7d
refresh = '100ms'
=> 2: `refresh` in [ui] is wrong: `100ms` is out of bounds; write 1s to 1h
refresh = '2h'
=> 2: `refresh` in [ui] is wrong: `2h` is out of bounds; write 1s to 1h
tiles = '0s'
=> 2: `tiles` in [ui] is wrong: `0s` is not a duration; write 30s, 15m, 1h, 1h30m or 7d
range = '10s'
=> 2: `range` in [ui] is wrong: `10s` is out of bounds; write 1m to 365d
range = '2y'
=> 2: `range` in [ui] is wrong: `730d` is out of bounds; write 1m to 365d
range = true
=> 2: `range` in [ui] must be text in quotes, not true or false
zone = 'Europe/Berln'
=> 2: `zone` in [ui] is wrong: `Europe/Berln` is no time zone of this machine; did you mean `Europe/Berlin`?
color = 'pink'
=> 2: `color` in [ui] is wrong: `pink` is not a choice; write one of: auto, none, 16, 256, true
color = 17
=> 2: `color` in [ui] is wrong: `17` is not a choice; did you mean `16`?
color = false
=> 2: `color` in [ui] must be text in quotes, not true or false
glyphs = 'acsii'
=> 2: `glyphs` in [ui] is wrong: `acsii` is not a choice; did you mean `ascii`?
mouse = 'yes'
=> 2: `mouse` in [ui] must be true or false, not text
bell = 'loud'
=> 2: `bell` in [ui] must be true or false, not text
theme = ''
=> 2: `theme` in [ui] is empty; write the name of a theme
theme = 5
=> 2: `theme` in [ui] must be text in quotes, not a number
"#,
    );
}

#[test]
fn values_of_telemetry() {
    check(
        "[telemetry]\n",
        r#"
enabled = 'yes'
=> 2: `enabled` in [telemetry] must be true or false, not text
url = '127.0.0.1:4318'
=> 2: `url` in [telemetry] has no scheme; write http://127.0.0.1:4318 or https://127.0.0.1:4318
url = 'http://me:hunter2@jaeger:4318'
=> 2: `url` in [telemetry] holds a user name or password; take them out and set `username` and `password = { env = "NAME" }`
endpoint = 'http://jaeger:4318'
=> 2: unknown key `endpoint` in [telemetry]; the keys are: enabled, url
"#,
    );
}

#[test]
fn keys_of_actions() {
    check(
        "[keys]\n",
        r#"
quit = 5
=> 2: `quit` in [keys] must be text in quotes, not a number
quit = ['q', 5]
=> 2: `quit` in [keys] must be text in quotes, not a number
quit = ''
=> 2: `quit` in [keys] must name keys such as "q", "ctrl-d" or ["j", "down"]
quit = 'ctrl q'
=> 2: `quit` in [keys] must name keys such as "q", "ctrl-d" or ["j", "down"]
"#,
    );
}

#[test]
fn contexts() {
    check(
        "",
        r#"
[contexts]
=> 1: [contexts] is empty; add [contexts.NAME.prometheus] with its url
[contexts.prod]
=> 1: [contexts.prod] has no source; add [contexts.prod.prometheus], [contexts.prod.alertmanager], [contexts.prod.elasticsearch] or [contexts.prod.jaeger] with its url
context = 'prod'
=> 1: unknown context `prod`; the contexts are: local
[contexts."a\u001b"]
=> 1: `a^[` in [contexts] is no name that can be shown; leave out blanks at its ends and what cannot be seen
[contexts.'']
=> 1: `` in [contexts] is empty; give it a name
[contexts.a]
production = 1
=> 2: `production` in [contexts.a] must be true or false, not a number
context = 'prd'
[contexts.prod.prometheus]
url = 'http://a'
=> 1: unknown context `prd`; did you mean `prod`?
context = 1
[contexts.prod.prometheus]
url = 'http://a'
=> 1: `context` at the top of the file must be text in quotes, not a number
"#,
    );
}

#[test]
fn scopes() {
    check(
        "[contexts.prod.prometheus]\nurl = 'http://a'\n[contexts.prod.scopes.shop]\n",
        r#"
=> 3: [contexts.prod.scopes.shop] has no `matcher`, `logs` or `traces`; add matcher = 'namespace="shop"'
matcher = ''
=> 4: `matcher` in [contexts.prod.scopes.shop] is empty; write it as namespace="shop" or as job=~"shop-.*", with commas between several
matcher = 'shop'
=> 4: `matcher` in [contexts.prod.scopes.shop] is wrong: `shop` is no PromQL matcher; write it as namespace="shop" or as job=~"shop-.*", with commas between several
matcher = '{namespace="shop"}'
=> 4: `matcher` in [contexts.prod.scopes.shop] is wrong: `{namespace="shop"}` needs no braces; write it as namespace="shop" or as job=~"shop-.*", with commas between several
traces = ' '
=> 4: `traces` in [contexts.prod.scopes.shop] must be the name of a service as its spans have it, such as "agent360"
logs = 'shop'
=> 4: `logs` in [contexts.prod.scopes.shop] is wrong: `shop` is not a field and its value; write kubernetes.namespace_name=shop
matcher = 'a="1"} or up{b="2"'
=> 4: `matcher` in [contexts.prod.scopes.shop] is wrong: `a="1"} or up{b="2"` is no PromQL matcher; write it as namespace="shop" or as job=~"shop-.*", with commas between several
"#,
    );
}

#[test]
fn addresses() {
    check(
        "[contexts.prod.prometheus]\n",
        r#"
url = '127.0.0.1:9090'
=> 2: `url` in [contexts.prod.prometheus] has no scheme; write http://127.0.0.1:9090 or https://127.0.0.1:9090
url = 'ftp://prom'
=> 2: `url` in [contexts.prod.prometheus] has a scheme that is not spoken here; write http:// or https://
url = 'http://me:hunter2@prom:9090'
=> 2: `url` in [contexts.prod.prometheus] holds a user name or password; take them out and set `username` and `password = { env = "NAME" }`
url = 'http://prom:9090 '
=> 2: `url` in [contexts.prod.prometheus] holds a blank or a control character; write http://HOST:PORT/PATH
url = 'http://prom/?token=1'
=> 2: `url` in [contexts.prod.prometheus] goes on after its path; leave out what begins with ? or #
url = 'http://'
=> 2: `url` in [contexts.prod.prometheus] names no host that can be; write http://HOST:PORT/PATH
url = 'http://prom:70000'
=> 2: `url` in [contexts.prod.prometheus] has a port that is not a number from 1 to 65535
timeout = '5s'
=> 1: [contexts.prod.prometheus] has no `url`; add url = "http://HOST:PORT"
"#,
    );
}

#[test]
fn secrets() {
    check(
        "[contexts.prod.prometheus]\nurl = 'http://prom:9090'\n",
        r#"
username = 'a'
password = 'hunter2'
=> 4: `password` in [contexts.prod.prometheus] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
token = 'hunter2'
=> 3: `token` in [contexts.prod.prometheus] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
token = 5
=> 3: `token` in [contexts.prod.prometheus] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
token = {}
=> 3: `token` in [contexts.prod.prometheus] must say one place for the secret; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
token = { env = 'A', file = 'b' }
=> 3: `token` in [contexts.prod.prometheus] must say one place for the secret; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
token = { enviroment = 'A' }
=> 3: unknown key `enviroment` in [contexts.prod.prometheus.token]; did you mean `env`?
token = { env = '' }
=> 3: `env` in [contexts.prod.prometheus.token] is empty; write the name of an environment variable
token = { env = '$A' }
=> 3: `env` in [contexts.prod.prometheus.token] must be the bare name of a variable, without $ or =
token = { env = 5 }
=> 3: `env` in [contexts.prod.prometheus.token] must be text in quotes, not a number
token = { file = '' }
=> 3: `file` in [contexts.prod.prometheus.token] is empty; write the path of a file
token = { file = '~/a' }
=> 3: `file` in [contexts.prod.prometheus.token] is wrong: `~/a`: no home folder is known here; write the whole path
token = { command = 'pass prom' }
=> 3: `command` in [contexts.prod.prometheus.token] must be a list of program and arguments, such as ["pass", "show", "prom"]
token = { command = [] }
=> 3: `command` in [contexts.prod.prometheus.token] must be a list of program and arguments, such as ["pass", "show", "prom"]
token = { command = [''] }
=> 3: `command` in [contexts.prod.prometheus.token] must be a list of program and arguments, such as ["pass", "show", "prom"]
token = { command = ['pass', 5] }
=> 3: `command` in [contexts.prod.prometheus.token] must be text in quotes, not a number
token = { env = 'A' }
username = 'a'
password = { env = 'B' }
=> 3: `token` in [contexts.prod.prometheus] stands beside `username` or `password`; keep the one or the other
username = 'a'
=> 3: `username` in [contexts.prod.prometheus] stands without `password`; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] } for it
password = { env = 'A' }
=> 3: `password` in [contexts.prod.prometheus] stands without `username`; add it, or call this `token`
username = 'a:b'
password = { env = 'A' }
=> 3: `username` in [contexts.prod.prometheus] must not be empty nor hold a colon
"#,
    );
}

#[test]
fn headers() {
    check(
        "[contexts.prod.prometheus]\nurl = 'http://prom:9090'\n",
        r#"
headers = 'X-Scope-OrgID: shop'
=> 3: `headers` in [contexts.prod.prometheus] must be a table; write it as [contexts.prod.prometheus.headers]
headers = { 'X Scope' = 'shop' }
=> 3: `X Scope` in [contexts.prod.prometheus.headers] is no name of a header; write letters, digits and -
headers = { A = '1', a = '2' }
=> 3: `a` in [contexts.prod.prometheus.headers] stands twice; names of headers do not tell A from a
headers = { A = 1 }
=> 3: `A` in [contexts.prod.prometheus.headers] must be text in quotes, not a number
headers = { A = "x\ny" }
=> 3: `A` in [contexts.prod.prometheus.headers] holds a control character; a header is one line of text
headers = { Authorization = 'Bearer hunter2' }
=> 3: `Authorization` in [contexts.prod.prometheus.headers] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
headers = { X-Api-Key = 'hunter2' }
=> 3: `X-Api-Key` in [contexts.prod.prometheus.headers] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
headers = { X-Auth = 'hunter2' }
=> 3: `X-Auth` in [contexts.prod.prometheus.headers] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
headers = { Grafana-Key = 'hunter2' }
=> 3: `Grafana-Key` in [contexts.prod.prometheus.headers] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
headers = { X-Forwarded = 'Bearer hunter2' }
=> 3: `X-Forwarded` in [contexts.prod.prometheus.headers] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
"#,
    );
}

#[test]
fn tls_and_limits() {
    check(
        "[contexts.prod.prometheus]\nurl = 'http://prom:9090'\n",
        r#"
cert_file = 'me.pem'
=> 3: `cert_file` in [contexts.prod.prometheus] stands without `key_file`; a client certificate needs both
key_file = 'me.key'
=> 3: `key_file` in [contexts.prod.prometheus] stands without `cert_file`; a client certificate needs both
ca_file = ''
=> 3: `ca_file` in [contexts.prod.prometheus] is empty; write the path of a file
ca_file = true
=> 3: `ca_file` in [contexts.prod.prometheus] must be text in quotes, not true or false
insecure = 'no'
=> 3: `insecure` in [contexts.prod.prometheus] must be true or false, not text
proxy = 'proxy:3128'
=> 3: `proxy` in [contexts.prod.prometheus] has no scheme; write http://proxy:3128 or https://proxy:3128; or environment, or none
proxy = 'http://me:hunter2@proxy'
=> 3: `proxy` in [contexts.prod.prometheus] must not hold a user name or password; put the address into HTTPS_PROXY and leave `proxy` out
timeout = '11m'
=> 3: `timeout` in [contexts.prod.prometheus] is wrong: `11m` is out of bounds; write 100ms to 10m
connect_timeout = 5
=> 3: `connect_timeout` in [contexts.prod.prometheus] needs a unit; write it as text such as "5s", "15m" or "1h"
max_answer = '64MB'
=> 3: `max_answer` in [contexts.prod.prometheus] is wrong: `64MB` is not a size; write 512KiB, 64MiB or 1GiB
max_answer = '2GiB'
=> 3: `max_answer` in [contexts.prod.prometheus] is wrong: `2GiB` is too much to hold in memory; write at most 1GiB
max_answer = 64
=> 3: `max_answer` in [contexts.prod.prometheus] must be text in quotes, not a number
concurrency = 0
=> 3: `concurrency` in [contexts.prod.prometheus] must be a whole number from 1 to 64
concurrency = '8'
=> 3: `concurrency` in [contexts.prod.prometheus] must be a whole number from 1 to 64
concurrency = 2.5
=> 3: `concurrency` in [contexts.prod.prometheus] must be a whole number from 1 to 64
"#,
    );
}

#[test]
fn what_is_watched() {
    check(
        "[contexts.prod.prometheus]\nurl = 'http://prom:9090'\n[contexts.prod.overview]\n",
        r#"
requests = ''
=> 4: `requests` in [contexts.prod.overview] is empty; write a PromQL query, or leave the key out for the default
requests = 5
=> 4: `requests` in [contexts.prod.overview] must be text in quotes, not a number
limits.error_ratio = 10
=> 4: `error_ratio` in [contexts.prod.overview.limits] must be above 0 and at most 1
limits.error_ratio = 0
=> 4: `error_ratio` in [contexts.prod.overview.limits] must be above 0 and at most 1
limits.error_ratio = '10%'
=> 4: `error_ratio` in [contexts.prod.overview.limits] must be a number, not text
limits.error_ratio = nan
=> 4: `error_ratio` in [contexts.prod.overview.limits] must be above 0 and at most 1
limits.latency = 2
=> 4: `latency` in [contexts.prod.overview.limits] needs a unit; write it as text such as "5s", "15m" or "1h"
limits.latency = '2h'
=> 4: `latency` in [contexts.prod.overview.limits] is wrong: `2h` is out of bounds; write 1ms to 1h
database.name = ''
=> 4: `name` in [contexts.prod.overview.database] is empty; give it a name
database.matcher = 'cassandra'
=> 4: `matcher` in [contexts.prod.overview.database] is wrong: `cassandra` is no PromQL matcher; write it as namespace="shop" or as job=~"shop-.*", with commas between several
"#,
    );
}

#[test]
fn targets() {
    check(
        "[targets.t]\n",
        r#"
url = "https://x"
=> 1: [targets.t] has no `kind`; write one of: slack, email, webhook, file
kind = "mail"
=> 2: `kind` in [targets.t] is wrong: `mail` is no kind of target; did you mean `email`?
kind = "slack"
=> 1: [targets.t] has no `url`; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }: whoever knows the address can post there
kind = "slack"
url = "https://hooks.slack.com/services/T0/B0/hunter2"
=> 3: `url` in [targets.t] must not hold the secret itself; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
kind = "slack"
url = { env = "URL" }
channel = "ops"
=> 4: unknown key `channel` in [targets.t]; the keys are: kind, url, proxy, ca_file, connect_timeout, timeout
kind = "webhook"
=> 1: [targets.t] has no `url`; add url = "https://HOST/PATH", or write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
kind = "webhook"
url = "https://x/in?key=hunter2"
=> 3: `url` in [targets.t] holds a query, which is often a secret; for such an address write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] }
kind = "webhook"
url = "https://x"
username = "me"
=> 4: `username` in [targets.t] stands without `password`; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] } for it
kind = "file"
=> 1: [targets.t] has no `folder`; add folder = "~/reports"
kind = "file"
folder = "/x"
formats = ["html", "pdf"]
=> 4: `formats` in [targets.t] is wrong: `pdf` is no format; write one of: text, markdown, html, json
kind = "file"
folder = "/x"
formats = []
=> 4: `formats` in [targets.t] is an empty list; name a format, such as "html"
kind = "file"
folder = "/x"
formats = ["json", "json"]
=> 4: `formats` in [targets.t] names json twice; leave one out
"#,
    );
    check(
        "",
        "[targets.'a,b']\n=> 1: `a,b` in [targets] must not hold a comma, which stands between several targets\n",
    );
    check("", "targets = 1\n=> 1: `targets` at the top of the file must be a table; write it as [targets]\n");
}

#[test]
fn targets_that_are_mailboxes() {
    check(
        "[targets.t]\nkind = 'email'\n",
        r#"
port = 25
=> 1: [targets.t] has no `server`; add server = "smtp.example.org"
server = "smtp.x:25"
=> 3: `server` in [targets.t] is no host; write its name or address alone, and the port as `port`
server = "smtp.x"
to = "a@x"
=> 1: [targets.t] has no `from`; add from = "a360@example.org"
server = "smtp.x"
from = "a@x"
=> 1: [targets.t] has no `to`; add to = ["oncall@example.org"]
server = "smtp.x"
from = "a@x"
to = []
=> 5: `to` in [targets.t] must name 1 to 50 mailboxes
server = "smtp.x"
from = "a@x"
to = ["b@x", "b@x"]
=> 5: `to` in [targets.t] names b@x twice; leave one out
server = "smtp.x"
from = "a@x"
to = ["b@x", "b"]
=> 5: `to` in [targets.t] is wrong: `b` is no mailbox; write oncall@example.org or On-call <oncall@example.org>
server = "smtp.x"
from = "a@x\r\nBcc: c@x"
to = "b@x"
=> 4: `from` in [targets.t] is wrong: `a@x^M⏎Bcc: c@x` is no mailbox; write oncall@example.org or On-call <oncall@example.org>
server = "smtp.x"
from = "a@x"
to = "mära@x"
=> 5: `to` in [targets.t] is wrong: `mära@x` has an address beyond ASCII; write its domain as xn--…
server = "smtp.x"
tls = "ssl"
=> 4: `tls` in [targets.t] is wrong: `ssl` is no way to encrypt; write one of: starttls, tls, none
server = "smtp.x"
tls = "none"
=> 4: `tls` in [targets.t] would send the report in clear text; none is only for this machine, write starttls or tls
server = "smtp.x"
to = "b@x"
port = 70000
=> 5: `port` in [targets.t] must be a whole number from 1 to 65535
server = "smtp.x"
from = "a@x"
to = "b@x"
username = "me"
=> 6: `username` in [targets.t] stands without `password`; write { env = "NAME" }, { file = "PATH" } or { command = ["PROGRAM", "ARGUMENT"] } for it
server = "smtp.x"
from = "a@x"
to = "b@x"
password = { env = "P" }
=> 6: `password` in [targets.t] stands without `username`; add it
server = "smtp.x"
from = "a@x"
to = "b@x"
timeout = "1h"
=> 6: `timeout` in [targets.t] is wrong: `1h` is out of bounds; write 100ms to 10m
"#,
    );
    let loopback = |server: &str| {
        mistake(&format!("[targets.t]\nkind='email'\nserver='{server}'\ntls='none'\nfrom='a@x'\nto='b@x'\n"))
    };
    for server in ["localhost", "127.0.0.1", "::1", "[::1]"] {
        assert_eq!(loopback(server), "");
    }
}

#[test]
fn schedules() {
    check(
        "",
        "schedule = 1\n=> 1: `schedule` at the top of the file must be a list of tables; write each as [[schedule]]\n",
    );
    check(
        "",
        "[schedule]\n=> 1: `schedule` at the top of the file must be a list of tables; write each as [[schedule]]\n",
    );
    check(
        "[[schedule]]\n",
        r#"
=> 1: [[schedule]] has no `name`; add name = "morning"
name = 'a'
=> 1: [[schedule]] says not when; add every = "daily" with at = "07:30", or cron = "30 7 * * 1-5"
name = 'a'
every = 'day'
=> 3: `every` in [[schedule]] is wrong: `day` is not a choice; write one of: daily, weekly, monthly
name = 'a'
every = 'dayly'
=> 3: `every` in [[schedule]] is wrong: `dayly` is not a choice; did you mean `daily`?
name = 'a'
every = 'daily'
cron = '30 7 * * *'
=> 1: [[schedule]] has both `every` and `cron`; leave out the one or the other
name = 'a'
every = 'daily'
=> 1: [[schedule]] has no `at`; add at = "07:30"
name = 'a'
every = 'daily'
at = '25:00'
=> 4: `at` in [[schedule]] is wrong: `25:00` is no time of the day; write 00:00 to 23:59, such as 07:30
name = 'a'
every = 'daily'
at = 07:30:00
=> 4: `at` in [[schedule]] must be text in quotes, not a date
name = 'a'
every = 'weekly'
at = '07:30'
=> 1: [[schedule]] has no `on`; add on = "monday"
name = 'a'
every = 'weekly'
at = '07:30'
on = 'mon'
=> 5: `on` in [[schedule]] is wrong: `mon` is no day of the week; did you mean `monday`?
name = 'a'
every = 'daily'
at = '07:30'
on = 'monday'
=> 5: `on` in [[schedule]] is not for every = "daily"; leave it out
name = 'a'
every = 'monthly'
at = '07:30'
=> 1: [[schedule]] has no `day`; add day = 1
name = 'a'
every = 'monthly'
at = '07:30'
day = 32
=> 5: `day` in [[schedule]] must be above 0 and at most 31
name = 'a'
every = 'monthly'
at = '07:30'
day = 1.5
=> 1: `day` in [[schedule]] must be a whole number from 1 to 31
name = 'a'
cron = '30 7 * *'
=> 3: `cron` in [[schedule]] is wrong: `30 7 * *` has 4 of 5 fields; write minute, hour, day, month and weekday, such as "30 7 * * 1-5"
name = 'a'
cron = '30 25 * * *'
=> 3: `cron` in [[schedule]] is wrong: `30 25 * * *` has a wrong hour, `25`; write 0 to 23, *, */6, 7,19 or 8-17
name = 'a'
cron = '30 7 * * *'
at = '07:30'
=> 4: `at` in [[schedule]] stands beside `cron`, which says when already; leave it out
name = 'a'
cron = '30 7 * * *'
=> 1: [[schedule]] has `cron` but no `report`; add report = "daily", or another period
name = 'a'
cron = '30 7 * * *'
report = 'hourly'
=> 4: `report` in [[schedule]] is wrong: `hourly` is no period; write daily, weekly, monthly, or a length such as 90m or 7d
name = 'a'
cron = '30 7 * * *'
report = '90m'
calendar = true
=> 5: `calendar` in [[schedule]] needs report = "daily", "weekly" or "monthly"; 1h30m has no calendar
colour = 1
=> 2: unknown key `colour` in [[schedule]]; the keys are: name, every, at, on, day, cron, zone, report, calendar, context, scope, formats, folder, send, fail_on
"#,
    );
    check(
        "[[schedule]]\nname = 'a'\nevery = 'daily'\nat = '07:30'\n",
        r#"
=> 1: [[schedule]] goes nowhere; add send = ["NAME"] with a name of [targets.NAME], or folder = "PATH"
formats = ['html']
=> 5: `formats` in [[schedule]] is about files; add folder = "PATH", or leave it out
folder = 'r'
formats = ['pdf']
=> 6: `formats` in [[schedule]] is wrong: `pdf` is no format; write one of: text, markdown, html, json
folder = 'r'
formats = []
=> 6: `formats` in [[schedule]] is an empty list; name a format, such as "html"
folder = 'r'
formats = ['html', 'json', 'html']
=> 6: `formats` in [[schedule]] names html twice; leave one out
send = ['ops']
=> 5: unknown target `ops`; the config has none, add [targets.ops]
send = ['ops-slak']
[targets.ops-slack]
kind = 'slack'
url = { env = 'X' }
=> 5: unknown target `ops-slak`; did you mean `ops-slack`?
folder = 'r'
context = 'prod'
=> 6: unknown context `prod`; the contexts are: local
folder = 'r'
scope = 'shop'
=> 6: no scope `shop` in context `local`; this context has none, add [contexts.local.scopes.shop] to the config
folder = 'r'
zone = 'Berlin'
=> 6: `zone` in [[schedule]] is wrong: `Berlin` is no time zone of this machine; did you mean `Europe/Berlin`?
folder = 'r'
zone = 'Mars/Phobos'
=> 6: `zone` in [[schedule]] is wrong: `Mars/Phobos` is no time zone of this machine; write local, utc or a name such as Europe/Berlin
folder = 'r'
fail_on = 'panic'
=> 6: `fail_on` in [[schedule]] is wrong: `panic` is not a choice; write one of: critical, warning, none
folder = 'r'
[[schedule]]
name = 'a'
every = 'monthly'
day = 1
at = '07:30'
folder = 'r'
=> 6: there is a schedule `a` already; give this one another name
"#,
    );
}
