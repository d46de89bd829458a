//! How much of the model was compared with a real Redis, for the start page.
//!
//! Rule: README's table is the only place of it. The two numbers are read out of it while the program is compiled, so that
//! they cannot differ from it, and the rest of it is not in the program.

const README: &[u8] = include_bytes!("../../README.md");
const ROW: &[u8] = b" scenarios** |";

/// Bytes compared, and differences found.
pub const COMPARED: (u64, u64) = (cell(1), cell(2));

/// A number of the table's last row; the cell with the exchanges is the first.
const fn cell(n: usize) -> u64 {
    let mut at = row();
    let mut bars = 0;
    let mut number = 0;
    while at < README.len() && README[at] != b'\n' {
        let byte = README[at];
        if byte == b'|' {
            bars += 1;
        } else if bars == n && byte.is_ascii_digit() {
            number = number * 10 + (byte - b'0') as u64;
        }
        at += 1;
    }
    number
}

/// Where the row's second cell begins.
const fn row() -> usize {
    let mut at = 0;
    while at + ROW.len() < README.len() {
        let mut same = 0;
        while same < ROW.len() && README[at + same] == ROW[same] {
            same += 1;
        }
        if same == ROW.len() {
            return at + ROW.len();
        }
        at += 1;
    }
    at
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_are_those_of_the_table() {
        let readme = include_str!("../../README.md");
        let row = readme.lines().find(|line| line.contains("scenarios** |")).expect("README has the table");
        let cells: Vec<&str> = row.split('|').map(str::trim).collect();
        assert_eq!(format!("{} {}", COMPARED.0, COMPARED.1), format!("{} {}", cells[3].replace(',', ""), cells[4]));
        assert!(COMPARED.0 > 1_000_000, "{COMPARED:?}");
    }
}
