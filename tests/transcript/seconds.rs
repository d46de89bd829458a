//! Seconds since something, in a line of INFO.

/// What counts them, up to the number.
const FIELDS: [&str; 4] =
    ["master_last_io_seconds_ago:", "master_link_down_since_seconds:", "master_sync_last_io_seconds_ago:", "lag="];

/// `lag=3` becomes `lag=*`, and so do the seconds of a link; -1, which says that there is none, stays.
pub fn without_seconds(line: &str) -> String {
    match FIELDS.iter().find_map(|field| line.split_once(field).map(|(before, value)| (before, field, value))) {
        // Two clocks that are read one after the other may be a second apart the wrong way round.
        Some((before, field, value)) if value != "-1" || *field == "lag=" => {
            format!("{before}{field}*{}", value.trim_start_matches(|c: char| c == '-' || c.is_ascii_digit()))
        }
        _ => line.into(),
    }
}
