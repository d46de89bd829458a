//! Replication ids, and whatever else is forty hexadecimal digits and random.

use replscope::wire::ReplId;

/// Forty hexadecimal digits become `ID-1`, `ID-2`, … in the order in which they appear; the id of zeros is `ID-0`.
/// Digests stay.
pub fn number_ids(lines: Vec<String>) -> Vec<String> {
    let mut ids: Vec<String> = vec![ReplId::ZERO.to_string()];
    let mut numbered = |word: &str| {
        let n = ids.iter().position(|id| id == word).unwrap_or_else(|| {
            ids.push(word.into());
            ids.len() - 1
        });
        format!("ID-{n}")
    };
    let is_id = |word: &str| word.len() == 40 && word.bytes().all(|byte| byte.is_ascii_hexdigit());
    let replaced = lines.into_iter().map(|line| {
        if line.contains(" digest ") {
            return line;
        }
        // Splits before and after each run of hexadecimal digits.
        let mut text = String::new();
        let mut rest = line.as_str();
        while !rest.is_empty() {
            let is_hex = rest.starts_with(|c: char| c.is_ascii_hexdigit());
            let end = rest.find(|c: char| c.is_ascii_hexdigit() != is_hex).unwrap_or(rest.len());
            let (run, behind) = rest.split_at(end);
            text.push_str(&if is_id(run) { numbered(run) } else { run.into() });
            rest = behind;
        }
        text
    });
    replaced.collect()
}
