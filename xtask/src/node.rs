//! What is asked of Node.js: compressing, hashing, and writing bytes as text.
//!
//! Rule: node is needed for wasm-opt anyway, and compiling these in Rust takes longer than all of `build`. Each call starts
//! it once, for all files.

use crate::command::output;
use crate::error::{Error, Result};
use crate::path;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Writes `FILE.br` and `FILE.gz` beside each file that gets smaller by it, and prints how many bytes a host then sends.
const COMPRESS: &str = "const fs = require('fs'), zlib = require('zlib');
for (const file of process.argv.slice(1)) {
  const bytes = fs.readFileSync(file), brotli = zlib.brotliCompressSync(bytes);
  const isWorthIt = brotli.length < bytes.length * 0.95;
  if (isWorthIt) {
    fs.writeFileSync(file + '.br', brotli);
    fs.writeFileSync(file + '.gz', zlib.gzipSync(bytes, { level: 9 }));
  }
  console.log(isWorthIt ? brotli.length : bytes.length);
}";

/// Prints the SHA-256 of each file as base64.
const DIGEST: &str = "for (const file of process.argv.slice(1))
  console.log(require('crypto').createHash('sha256').update(require('fs').readFileSync(file)).digest('base64'))";

const BASE64: &str = "console.log(require('fs').readFileSync(process.argv[1], 'base64'))";

/// Says what is missing before anything is built.
pub fn require() -> Result<()> {
    if path::has("node") {
        return Ok(());
    }
    Err(Error::Missing {
        what: "node, which compresses the page and weighs it".into(),
        remedy: "Install Node.js (https://nodejs.org)".into(),
    })
}

/// Compresses files for hosts that send what lies beside them; the size that each is sent with, in their order.
pub fn compress<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<Vec<u64>> {
    let sizes = node(COMPRESS, files)?;
    let wrong = |line: &str| Error::Refused(format!("node printed `{line}` for a size"));
    sizes.lines().map(|line| line.parse().map_err(|_| wrong(line))).collect()
}

/// `sha256-…` of each file, as integrity and policies are written, in their order.
pub fn digests<'a>(files: impl IntoIterator<Item = &'a PathBuf>) -> Result<Vec<String>> {
    Ok(node(DIGEST, files)?.lines().map(|line| format!("sha256-{line}")).collect())
}

/// A file's bytes as text.
pub fn base64(file: &Path) -> Result<String> {
    Ok(node(BASE64, [&file.to_owned()])?.trim_end().to_owned())
}

fn node<'a>(script: &str, files: impl IntoIterator<Item = &'a PathBuf>) -> Result<String> {
    output(Command::new("node").args(["-e", script, "--"]).args(files))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_hashed_and_compressed_where_it_is_worth_it() {
        let folder = std::env::temp_dir().join(format!("replscope-node-{}", std::process::id()));
        std::fs::create_dir_all(&folder).unwrap();
        let (long, short) = (folder.join("long.txt"), folder.join("short.txt"));
        std::fs::write(&long, "all the same ".repeat(1_000)).unwrap();
        std::fs::write(&short, "abc").unwrap();
        let sizes = compress([&long, &short]).unwrap();
        assert!(sizes[0] < 100 && sizes[1] == 3, "{sizes:?}");
        assert!(folder.join("long.txt.br").is_file() && folder.join("long.txt.gz").is_file());
        assert!(!folder.join("short.txt.br").exists());
        let abc = "sha256-ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0=";
        assert_eq!(digests([&short]).unwrap(), [abc]);
        assert_eq!(base64(&short).unwrap(), "YWJj");
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
