//! Bytes as the words that people use for them.

use crate::wire::{Bytes, RequestDecoder, printable};

/// The commands in some bytes of a connection, as far as they are complete; none if these are no commands.
pub fn commands(bytes: &[u8]) -> Vec<Vec<Bytes>> {
    if bytes.first() != Some(&b'*') {
        return vec![];
    }
    let mut decoder = RequestDecoder::default();
    decoder.push(bytes);
    let mut commands = vec![];
    while let Ok(Some(request)) = decoder.next() {
        commands.push(request.args.into_iter().map(|arg| arg.bytes).collect());
    }
    commands
}

/// A command as one would type it: `SET cart:9 "3 items"`, long arguments shortened to `limit` characters.
pub fn typed(args: &[Bytes], limit: usize) -> String {
    let words: Vec<String> = args.iter().map(|arg| word(arg, limit)).collect();
    words.join(" ")
}

fn word(arg: &[u8], limit: usize) -> String {
    let text = printable(&arg[..arg.len().min(limit)]);
    let text = if arg.len() > limit { format!("{text}…") } else { text };
    let needs_quotes = arg.is_empty() || text.contains([' ', '\\']);
    if needs_quotes { format!("\"{text}\"") } else { text }
}
