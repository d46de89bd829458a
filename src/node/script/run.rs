//! A script being run: values, commands, and what is answered.
//!
//! Rule: a command of a script is checked as a client's is, and what it changes joins the unit of the script, so the
//! stream carries effects, never the script. Mirrors `scriptCall` (script.c), `redisProtocolToLuaType` and
//! `luaReplyToRedisReply` (script_lua.c).

use super::lua::{Expr, Function, Script, Statement};
use crate::node::call::{Call, CommandError};
use crate::node::command::Flags;
use crate::node::dispatch::lookup_args;
use crate::node::facts::Facts;
use crate::wire::{Arg, Bytes, Reply, Request, Span};
use std::collections::BTreeMap;

/// What a Lua variable holds here.
#[derive(Clone, Debug)]
enum Value {
    Nil,
    Bool(bool),
    Number(f64),
    Text(Bytes),
    Table(Vec<Value>),
    Status(Bytes),
    Error(Vec<u8>),
}

/// How a script ended.
pub enum Outcome {
    Returned(Reply),
    /// It entered its endless loop.
    Endless,
}

/// A script with what it was called with.
pub struct Run<'a, 'b> {
    pub call: &'a mut Call<'b>,
    pub keys: Vec<Bytes>,
    pub argv: Vec<Bytes>,
    pub sha: String,
    names: BTreeMap<String, Value>,
    line: usize,
}

impl<'a, 'b> Run<'a, 'b> {
    pub fn new(call: &'a mut Call<'b>, keys: Vec<Bytes>, argv: Vec<Bytes>, sha: String) -> Run<'a, 'b> {
        Run { call, keys, argv, sha, names: BTreeMap::new(), line: 1 }
    }

    pub fn run(mut self, script: &Script) -> Outcome {
        for (line, statement) in script {
            self.line = *line;
            let ended = match statement {
                Statement::Forever => return Outcome::Endless,
                Statement::Local(name, expr) => self.eval(expr).map(|value| {
                    self.names.insert(name.clone(), value);
                    None
                }),
                Statement::Run(expr) => self.eval(expr).map(|_| None),
                Statement::Return(expr) => self.eval(expr).map(|value| Some(reply(value))),
            };
            match ended {
                Ok(None) => {}
                Ok(Some(reply)) => return Outcome::Returned(reply),
                Err(error) => return Outcome::Returned(Reply::error(error)),
            }
        }
        Outcome::Returned(Reply::NullBulk)
    }

    /// An error that ends the script says where it happened.
    fn raise(&self, error: &[u8]) -> Vec<u8> {
        [error, super::place(&self.sha, self.line).as_bytes()].concat()
    }

    fn eval(&mut self, expr: &Expr) -> Result<Value, Vec<u8>> {
        Ok(match expr {
            Expr::Nil => Value::Nil,
            Expr::Bool(value) => Value::Bool(*value),
            Expr::Number(number) => Value::Number(*number),
            Expr::Text(text) => Value::Text(text.clone()),
            Expr::Table(items) => Value::Table(items.iter().map(|item| self.eval(item)).collect::<Result<_, _>>()?),
            Expr::Name(name) => match self.names.get(name) {
                Some(value) => value.clone(),
                None => {
                    let line = self.line;
                    let text = format!(
                        "ERR user_script:{line}: Script attempted to access nonexistent global variable '{name}'"
                    );
                    return Err(self.raise(text.as_bytes()));
                }
            },
            Expr::Argument { is_key, n } => {
                let n = self.eval(n)?;
                let all = if *is_key { &self.keys } else { &self.argv };
                let at = match n {
                    Value::Number(n) if n >= 1.0 && n.fract() == 0.0 => Some(n as usize - 1),
                    _ => None,
                };
                at.and_then(|at| all.get(at)).map_or(Value::Nil, |text| Value::Text(text.clone()))
            }
            Expr::Redis { function, args } => {
                let args = args.iter().map(|arg| self.eval(arg)).collect::<Result<Vec<_>, _>>()?;
                self.redis(*function, args)?
            }
        })
    }

    fn redis(&mut self, function: Function, args: Vec<Value>) -> Result<Value, Vec<u8>> {
        if matches!(function, Function::ErrorReply | Function::StatusReply) {
            let [Value::Text(text)] = args.as_slice() else {
                return Err(self.raise(b"ERR wrong number or type of arguments"));
            };
            let text = text.strip_prefix(b"-").unwrap_or(text);
            return Ok(match function {
                Function::StatusReply => Value::Status(text.into()),
                _ if text.contains(&b' ') => Value::Error(text.to_vec()),
                _ => Value::Error([b"ERR ", text].concat()),
            });
        }
        match self.command(args) {
            Ok(value) => Ok(value),
            Err(error) if function == Function::Pcall => Ok(Value::Error(error)),
            Err(error) => Err(self.raise(&error)),
        }
    }

    /// Runs a command of Redis.
    fn command(&mut self, args: Vec<Value>) -> Result<Value, Vec<u8>> {
        let args: Option<Vec<Bytes>> = args.into_iter().map(text).collect();
        let args = args.ok_or(&b"ERR Lua redis lib command arguments must be strings or integers"[..])?;
        if args.is_empty() {
            return Err(b"ERR Please specify at least one argument for this redis lib call".to_vec());
        }
        let row = lookup_args(&args).map_err(|error| match error {
            None => &b"ERR Unknown Redis command called from script"[..],
            Some(_) => b"ERR Wrong number of args calling Redis command from script",
        })?;
        if Facts::find(row.name.as_bytes()).is_some_and(|facts| facts.has_flag("noscript")) {
            return Err(b"ERR This Redis command is not allowed from script".to_vec());
        }
        if self.call.command.name.ends_with("_ro") && row.flags.has(Flags::WRITE) {
            return Err(b"ERR Write commands are not allowed from read-only scripts.".to_vec());
        }
        let span = Span::new(0, 0);
        let request = Request { span, args: args.iter().map(|arg| Arg { span, bytes: arg.clone() }).collect() };
        let (conn, now, db) = (self.call.conn, self.call.now, self.call.db);
        let node = &mut *self.call.node;
        let admitted = node.check_permissions(conn, row, &request, now);
        admitted.map_err(|_| b"ERR The user executing the script can't run this command or subcommand".to_vec())?;
        node.check_room(conn, row, now).map_err(CommandError::into_bytes)?;
        let answer = Call::new(node, now, conn, db, args, row).run();
        match answer.map_or(Value::Nil, value) {
            Value::Error(error) => Err(error),
            value => Ok(value),
        }
    }
}

/// An argument of a command.
fn text(value: Value) -> Option<Bytes> {
    match value {
        Value::Text(text) => Some(text),
        Value::Number(number) => Some(crate::wire::double::print(number).into_bytes().into()),
        _ => None,
    }
}

fn value(reply: Reply) -> Value {
    match reply {
        Reply::Simple(text) => Value::Status(text),
        Reply::Error(text) => Value::Error(text.to_vec()),
        Reply::Integer(number) => Value::Number(number as f64),
        Reply::Bulk(text) => Value::Text(text),
        Reply::NullBulk | Reply::NullArray => Value::Bool(false),
        Reply::Array(items) | Reply::Several(items) => Value::Table(items.into_iter().map(value).collect()),
    }
}

/// A table ends at its first nil, and numbers lose what is behind the point.
fn reply(value: Value) -> Reply {
    match value {
        Value::Nil | Value::Bool(false) => Reply::NullBulk,
        Value::Bool(true) => Reply::int(1),
        Value::Number(number) => Reply::int(number as i64),
        Value::Text(text) => Reply::Bulk(text),
        Value::Status(text) => Reply::Simple(text),
        Value::Error(text) => Reply::error(text),
        Value::Table(items) => {
            let items = items.into_iter().take_while(|item| !matches!(item, Value::Nil));
            Reply::Array(items.map(reply).collect())
        }
    }
}
