//! What a command takes, and what it is for: the help, the completion and the dim hint of redis-cli's prompt.
//!
//! Rule: `manual.txt` has a line for each command and subcommand of the table, sorted by name: name, group, since which
//! version, arguments, what it does, with tabs between. Mirrors `cliOutputHelp`, `completionCallback` and `getHint`
//! (redis-cli.c).

use super::command::{Command, TABLE, find};
use std::fmt::Write;

static TEXT: &str = include_str!("manual.txt");

/// One command, in upper case: `SET`, `CONFIG GET`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Manual {
    pub name: &'static str,
    pub group: &'static str,
    pub since: &'static str,
    /// Empty if it takes none.
    pub arguments: &'static str,
    pub summary: &'static str,
}

impl Manual {
    /// Of every command that this program has.
    pub fn all() -> impl Iterator<Item = Manual> {
        let lines = TEXT.lines().filter_map(|line| {
            let mut parts = line.split('\t');
            let mut part = || parts.next();
            Some(Manual { name: part()?, group: part()?, since: part()?, arguments: part()?, summary: part()? })
        });
        // A page runs no scripts.
        lines.filter(|manual| manual.name.split(' ').next().is_some_and(|name| find(name.as_bytes()).is_some()))
    }

    /// The command that the first words of a line name, whatever their case; of a subcommand both.
    pub fn of(words: &[&str]) -> Option<Manual> {
        let is_it = |manual: &Manual| {
            let count = manual.name.split(' ').count();
            words.len() >= count && words[..count].join(" ").eq_ignore_ascii_case(manual.name)
        };
        Manual::all().filter(is_it).max_by_key(|manual| manual.name.len())
    }

    fn text(&self) -> String {
        let Manual { name, group, since, arguments, summary } = self;
        format!("{}\nsummary: {summary}\nsince: {since}\ngroup: {group}", format!("{name} {arguments}").trim_end())
    }
}

/// Every row of the table that runs by itself.
pub fn rows() -> impl Iterator<Item = &'static Command> {
    TABLE.iter().flat_map(|row| if row.subcommands.is_empty() { std::slice::from_ref(row) } else { row.subcommands })
}

/// The commands whose names begin as a line does, in order; `help ` before it stays.
pub fn completions(line: &str) -> Vec<String> {
    let (before, begun) = match line.get(..5).filter(|word| word.eq_ignore_ascii_case("help ")) {
        Some(help) => (help, line[5..].trim_start()),
        None => ("", line),
    };
    let begins = |name: &str| name.get(..begun.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(begun));
    if begun.is_empty() && before.is_empty() {
        return vec![];
    }
    Manual::all().filter(|manual| begins(manual.name)).map(|manual| format!("{before}{}", manual.name)).collect()
}

/// What is still to be typed behind a line: the arguments of its command without those that are there already. Of the
/// optional ones all stay, as redis-cli does not know which of them were meant.
pub fn hint(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_whitespace().collect();
    let manual = Manual::of(&words)?;
    let is_open = !line.ends_with(char::is_whitespace);
    let typed = words.len() - manual.name.split(' ').count();
    let mut rest = manual.arguments;
    for _ in 0..typed {
        if rest.is_empty() || rest.starts_with('[') {
            break;
        }
        rest = rest.split_once(' ').map_or("", |(_, rest)| rest);
    }
    (!rest.is_empty()).then(|| format!("{}{rest}", if is_open { " " } else { "" }))
}

/// What `help` or `?` says; none if the line asks for no help. Without a command it says how to ask.
pub fn help(line: &str) -> Option<String> {
    let mut words: Vec<&str> = line.split_whitespace().collect();
    let first = words.first()?;
    if *first != "?" && !first.eq_ignore_ascii_case("help") {
        return None;
    }
    words.remove(0);
    if let Some(group) = words.first().and_then(|word| word.strip_prefix('@')) {
        let mut text = String::new();
        for manual in Manual::all().filter(|manual| manual.group.eq_ignore_ascii_case(group)) {
            // Writing to a String cannot fail.
            let _ = writeln!(text, "{}\n", manual.text());
        }
        return Some(text.trim_end().to_owned());
    }
    let asked = words.join(" ");
    let is_meant = |manual: &Manual| {
        let begin = manual.name.get(..asked.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(&asked));
        begin && matches!(manual.name.as_bytes().get(asked.len()), None | Some(b' '))
    };
    if words.is_empty() {
        let mut groups: Vec<&str> = Manual::all().map(|manual| manual.group).collect();
        groups.sort_unstable();
        groups.dedup();
        return Some(format!(
            "To get help about Redis commands type:\n      \"help @<group>\" to get a list of commands in <group>\n      \
             \"help <command>\" for help on <command>\n\nGroups: {}",
            groups.join(", ")
        ));
    }
    let found: Vec<String> = Manual::all().filter(is_meant).map(|manual| manual.text()).collect();
    Some(found.join("\n\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_command_of_the_table_has_its_line() {
        let mut known: Vec<String> = rows().map(|row| row.name.to_ascii_uppercase().replace('|', " ")).collect();
        known.sort_unstable();
        let mut told: Vec<String> = Manual::all().map(|manual| manual.name.into()).collect();
        told.sort_unstable();
        assert_eq!(told, known);
    }

    /// The arguments that must be there are as many as the table's arity says.
    #[test]
    fn arguments_agree_with_the_arity() {
        for row in rows() {
            let name = row.name.to_ascii_uppercase().replace('|', " ");
            let manual = Manual::all().find(|manual| manual.name == name).unwrap();
            let (mut depth, mut must) = (0_i32, name.split(' ').count());
            for word in manual.arguments.split(' ').filter(|word| !word.is_empty()) {
                if depth == 0 && !word.starts_with('[') {
                    must += 1;
                }
                depth += word.matches('[').count() as i32 - word.matches(']').count() as i32;
            }
            let exact = !manual.arguments.contains('[');
            let arity = usize::from(row.arity.unsigned_abs());
            if row.arity > 0 {
                assert!(exact && must == arity, "{name} takes {arity}, not {must}: {}", manual.arguments);
            } else {
                assert!(must >= arity, "{name} takes at least {arity}, not {must}: {}", manual.arguments);
            }
        }
    }

    #[test]
    fn what_is_still_to_be_typed() {
        let hints =
            ["SET", "set ", "set k", "set k v", "set k v ", "config get", "config", "wait 1 ", "get k ", "nope "];
        let said: Vec<String> = hints.iter().map(|line| format!("{line:?}: {:?}", hint(line))).collect();
        let options =
            "[NX|XX] [GET] [EX seconds|PX milliseconds|EXAT unix-time-seconds|PXAT unix-time-milliseconds|KEEPTTL]";
        assert_eq!(
            said,
            [
                format!("\"SET\": Some(\" key value {options}\")"),
                format!("\"set \": Some(\"key value {options}\")"),
                format!("\"set k\": Some(\" value {options}\")"),
                format!("\"set k v\": Some(\" {options}\")"),
                format!("\"set k v \": Some(\"{options}\")"),
                "\"config get\": Some(\" parameter [parameter ...]\")".into(),
                "\"config\": None".into(),
                "\"wait 1 \": Some(\"timeout\")".into(),
                "\"get k \": None".into(),
                "\"nope \": None".into(),
            ]
        );
    }

    #[test]
    fn completions_and_help() {
        assert_eq!(completions("repl"), ["REPLCONF", "REPLICAOF"]);
        assert_eq!(completions("config s"), ["CONFIG SET"]);
        assert_eq!(completions("help wai"), ["help WAIT"]);
        assert_eq!(completions(""), Vec::<String>::new());
        assert_eq!(
            help("? wait").unwrap(),
            "WAIT numreplicas timeout\nsummary: Waits until replicas have what this connection wrote\nsince: 3.0.0\ngroup: generic"
        );
        assert!(help("help config").unwrap().contains("CONFIG SET parameter value"));
        assert_eq!(help("help nothing").unwrap(), "");
        assert_eq!(help("SET k v"), None);
        assert!(help("help").unwrap().contains("sorted-set"));
    }
}
