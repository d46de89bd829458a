//! Moments as the formats write them.

use std::time::Duration;

/// Seconds with six decimals: `7.214000`, which sorts and calculates.
pub fn seconds(after: Duration) -> String {
    format!("{}.{:06}", after.as_secs(), after.subsec_micros())
}

/// As the page's clock shows it: `00:07.214`.
pub fn clock(after: Duration) -> String {
    crate::scene::text::clock(after.as_micros() as u64)
}
