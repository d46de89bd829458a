//! The part of Lua that scripts may be written in here: commands, values, one endless loop.
//!
//! Rule: a script is read whole before anything of it runs, and whatever is not in this list is an error that names it:
//! `redis.call(…)`, `redis.pcall(…)`, `redis.error_reply(…)`, `redis.status_reply(…)`, `return`, `local name = value`,
//! `while true do end`; strings, numbers, `nil`, `true`, `false`, tables `{…}`, `KEYS[n]`, `ARGV[n]`, local names,
//! comments to the end of a line.

use crate::wire::Bytes;

/// Expressions in expressions: no deeper than this.
const DEPTH_MAX: usize = 32;

#[derive(Clone, Debug, PartialEq)]
pub enum Expr {
    Nil,
    Bool(bool),
    Number(f64),
    Text(Bytes),
    Table(Vec<Expr>),
    /// `KEYS[n]` or `ARGV[n]`.
    Argument {
        is_key: bool,
        n: Box<Expr>,
    },
    Name(String),
    /// `redis.<function>(…)`.
    Redis {
        function: Function,
        args: Vec<Expr>,
    },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Call,
    Pcall,
    ErrorReply,
    StatusReply,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Statement {
    Local(String, Expr),
    Run(Expr),
    Return(Expr),
    /// `while true do end`.
    Forever,
}

/// Statements with the lines that they stand on.
pub type Script = Vec<(usize, Statement)>;

/// Why a script was not read: the line, and what is wrong there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LuaError {
    pub line: usize,
    pub why: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    Word(String),
    Number(f64),
    Text(Bytes),
    Sign(u8),
    End,
}

impl Token {
    fn shown(&self) -> String {
        match self {
            Token::Word(word) => word.clone(),
            Token::Number(number) => number.to_string(),
            Token::Text(text) => String::from_utf8_lossy(text).into_owned(),
            Token::Sign(sign) => char::from(*sign).to_string(),
            Token::End => "<eof>".into(),
        }
    }
}

/// Reads a script.
pub fn parse(source: &[u8]) -> Result<Script, LuaError> {
    let mut parser = Parser { source, at: 0, line: 1, token: Token::End };
    parser.advance()?;
    let mut script = vec![];
    while parser.token != Token::End {
        if parser.takes_sign(b';')? {
            continue;
        }
        let line = parser.line;
        let statement = parser.statement()?;
        let is_last = matches!(statement, Statement::Return(_));
        script.push((line, statement));
        if is_last {
            parser.takes_sign(b';')?;
            if parser.token != Token::End {
                return Err(parser.unexpected());
            }
        }
    }
    Ok(script)
}

struct Parser<'a> {
    source: &'a [u8],
    at: usize,
    line: usize,
    token: Token,
}

impl Parser<'_> {
    fn unexpected(&self) -> LuaError {
        let why = match &self.token {
            Token::End => "unexpected symbol near '<eof>'".into(),
            token => format!("'{}' is not modelled in scripts", token.shown()),
        };
        LuaError { line: self.line, why }
    }

    fn statement(&mut self) -> Result<Statement, LuaError> {
        let Token::Word(word) = self.token.clone() else { return Err(self.unexpected()) };
        match word.as_str() {
            "return" => {
                self.advance()?;
                let is_empty = matches!(self.token, Token::End | Token::Sign(b';'));
                Ok(Statement::Return(if is_empty { Expr::Nil } else { self.expr(0)? }))
            }
            "local" => {
                self.advance()?;
                let Token::Word(name) = self.token.clone() else { return Err(self.unexpected()) };
                self.advance()?;
                self.sign(b'=')?;
                Ok(Statement::Local(name, self.expr(0)?))
            }
            "while" => {
                for word in ["while", "true", "do", "end"] {
                    self.word(word)?;
                }
                Ok(Statement::Forever)
            }
            "redis" => Ok(Statement::Run(self.expr(0)?)),
            _ => Err(self.unexpected()),
        }
    }

    fn expr(&mut self, depth: usize) -> Result<Expr, LuaError> {
        if depth > DEPTH_MAX {
            return Err(LuaError { line: self.line, why: "too many levels of values in values".into() });
        }
        match self.token.clone() {
            Token::Number(number) => self.advance().map(|()| Expr::Number(number)),
            Token::Text(text) => self.advance().map(|()| Expr::Text(text)),
            Token::Sign(b'{') => {
                self.advance()?;
                self.list(b'}', depth).map(Expr::Table)
            }
            Token::Word(word) => {
                self.advance()?;
                self.named(&word, depth)
            }
            _ => Err(self.unexpected()),
        }
    }

    fn named(&mut self, word: &str, depth: usize) -> Result<Expr, LuaError> {
        match word {
            "nil" => Ok(Expr::Nil),
            "true" | "false" => Ok(Expr::Bool(word == "true")),
            "KEYS" | "ARGV" => {
                self.sign(b'[')?;
                let n = Box::new(self.expr(depth + 1)?);
                self.sign(b']')?;
                Ok(Expr::Argument { is_key: word == "KEYS", n })
            }
            "redis" => {
                self.sign(b'.')?;
                let function = match &self.token {
                    Token::Word(name) if name == "call" => Function::Call,
                    Token::Word(name) if name == "pcall" => Function::Pcall,
                    Token::Word(name) if name == "error_reply" => Function::ErrorReply,
                    Token::Word(name) if name == "status_reply" => Function::StatusReply,
                    _ => return Err(self.unexpected()),
                };
                self.advance()?;
                self.sign(b'(')?;
                Ok(Expr::Redis { function, args: self.list(b')', depth)? })
            }
            _ => Ok(Expr::Name(word.into())),
        }
    }

    /// Expressions with commas between, up to `end`.
    fn list(&mut self, end: u8, depth: usize) -> Result<Vec<Expr>, LuaError> {
        let mut list = vec![];
        while !self.takes_sign(end)? {
            list.push(self.expr(depth + 1)?);
            if self.token != Token::Sign(end) {
                self.sign(b',')?;
            }
        }
        Ok(list)
    }

    fn word(&mut self, wanted: &str) -> Result<(), LuaError> {
        match &self.token {
            Token::Word(word) if word == wanted => self.advance(),
            _ => Err(self.unexpected()),
        }
    }

    fn sign(&mut self, wanted: u8) -> Result<(), LuaError> {
        if self.takes_sign(wanted)? { Ok(()) } else { Err(self.unexpected()) }
    }

    fn takes_sign(&mut self, wanted: u8) -> Result<bool, LuaError> {
        let is_it = self.token == Token::Sign(wanted);
        if is_it {
            self.advance()?;
        }
        Ok(is_it)
    }

    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).copied()
    }

    /// Goes on to the next token.
    fn advance(&mut self) -> Result<(), LuaError> {
        self.skip_blank();
        let start = self.at;
        self.token = match self.peek() {
            None => Token::End,
            Some(quote @ (b'"' | b'\'')) => self.text(quote)?,
            Some(byte) if byte.is_ascii_alphabetic() || byte == b'_' => {
                let word = self.take_while(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
                Token::Word(String::from_utf8_lossy(word).into_owned())
            }
            Some(byte) if byte.is_ascii_digit() || byte == b'-' => {
                self.at += 1;
                self.take_while(|byte| byte.is_ascii_digit() || byte == b'.');
                let text = String::from_utf8_lossy(&self.source[start..self.at]);
                match text.parse() {
                    Ok(number) => Token::Number(number),
                    Err(_) => Token::Sign(byte),
                }
            }
            Some(byte) => {
                self.at += 1;
                Token::Sign(byte)
            }
        };
        Ok(())
    }

    fn skip_blank(&mut self) {
        while let Some(byte) = self.peek() {
            if byte == b'\n' {
                self.line += 1;
            }
            if byte.is_ascii_whitespace() {
                self.at += 1;
            } else if self.source[self.at..].starts_with(b"--") {
                self.take_while(|byte| byte != b'\n');
            } else {
                return;
            }
        }
    }

    fn take_while(&mut self, is_part: impl Fn(u8) -> bool) -> &[u8] {
        let start = self.at;
        while self.peek().is_some_and(&is_part) {
            self.at += 1;
        }
        &self.source[start..self.at]
    }

    fn text(&mut self, quote: u8) -> Result<Token, LuaError> {
        let mut text = vec![];
        loop {
            self.at += 1;
            match self.peek() {
                None | Some(b'\n') => {
                    return Err(LuaError { line: self.line, why: "unfinished string near '<eof>'".into() });
                }
                Some(byte) if byte == quote => break,
                Some(b'\\') => {
                    self.at += 1;
                    text.push(match self.peek() {
                        Some(b'n') => b'\n',
                        Some(b'r') => b'\r',
                        Some(b't') => b'\t',
                        Some(byte @ (b'\\' | b'"' | b'\'')) => byte,
                        _ => return Err(LuaError { line: self.line, why: "this escape is not modelled".into() }),
                    });
                }
                Some(byte) => text.push(byte),
            }
        }
        self.at += 1;
        Ok(Token::Text(text.into()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn scripts_are_read_with_their_lines() {
        let script =
            parse(b"-- what it does\nlocal a = redis.call('get', KEYS[1])\nreturn {a, -1.5, \"x\\n\"};").unwrap();
        assert_eq!(script.iter().map(|(line, _)| *line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(parse(b"while true do end").unwrap(), [(1, Statement::Forever)]);
        assert_eq!(parse(b"").unwrap(), []);
    }

    #[test]
    fn what_is_not_modelled_is_named() {
        for (source, why) in [
            ("foo(", "'foo' is not modelled in scripts"),
            ("return (", "'(' is not modelled in scripts"),
            ("return", ""),
            ("return redis.sha1hex('')", "'sha1hex' is not modelled in scripts"),
            ("return 1 + 1", "'+' is not modelled in scripts"),
            ("local x =", "unexpected symbol near '<eof>'"),
            ("return 'a", "unfinished string near '<eof>'"),
            ("for i=1,2 do end", "'for' is not modelled in scripts"),
        ] {
            assert_eq!(parse(source.as_bytes()).err().map(|error| error.why).unwrap_or_default(), why, "{source}");
        }
        assert!(parse(&b"return ".iter().copied().chain([b'{'; 5000]).collect::<Vec<_>>()).is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(words in prop::collection::vec("return |redis\\.call\\(|'a',|\\)|KEYS\\[1\\]|\\{|\\}|while true do end|local a = |[ -~]{0,3}|\n", 0..12)) {
            let _ = parse(words.concat().as_bytes());
        }
    }
}
