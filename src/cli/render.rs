//! `replscope render`: a moment or a run as a file. The page's export does the same with the same code.
//!
//! Rule: one file to standard output, or to `--out`. `source.rs` finds what is to be rendered, `raster.rs` makes pixels of
//! SVG, `animation.rs` a GIF.

mod animation;
mod raster;
mod source;

use crate::export::{Backdrop, Colours, Format};
use crate::scene::Focus;
use crate::story::{At, NoSuchMoment};
use crate::time::Time;
use crate::view::{Part, Run, SIZES, Shot, Wanted, export};
use clap::builder::{PossibleValuesParser, RangedU64ValueParser, TypedValueParser};
use source::{Source, SourceError};
use std::fmt;
use std::io::Write;
use std::path::{Path, PathBuf};

/// Render a moment or a run into a file: a picture, a diagram, the steps, the wire, a handout.
#[derive(Debug, clap::Args)]
pub struct RenderArgs {
    /// A lesson's text, a recording (.jsonl), the name of a built-in lesson, or a link: what follows the page's address,
    /// from its # on.
    file: String,
    /// The moment: a time such as 7.214s, the name of a note, or end. A format that tells a run tells it up to there.
    #[arg(long, value_name = "MOMENT")]
    at: Option<String>,
    /// What to make. Without it, what the ending of --out says, or else svg.
    #[arg(long, value_name = "FORMAT", value_parser = formats())]
    format: Option<Format>,
    /// What of the moment is drawn: stage, tape or sequence.
    #[arg(long = "view", value_name = "VIEW", value_parser = parts())]
    part: Option<Part>,
    #[arg(long, value_name = "THEME", value_parser = ["light", "dark"])]
    theme: Option<String>,
    /// Without a background.
    #[arg(long)]
    transparent: bool,
    /// The room of the picture, in CSS pixels.
    #[arg(long, value_name = "PX", value_parser = sizes())]
    width: Option<u64>,
    /// What is drawn may be higher, if it has to.
    #[arg(long, value_name = "PX", value_parser = sizes())]
    height: Option<u64>,
    /// Pixels of a PNG or GIF for each CSS pixel.
    #[arg(long, value_name = "N", default_value = "1", value_parser = RangedU64ValueParser::<u64>::new().range(1..=4))]
    scale: u64,
    /// A format that tells a run begins here.
    #[arg(long, value_name = "MOMENT")]
    from: Option<String>,
    /// And ends here.
    #[arg(long, value_name = "MOMENT")]
    to: Option<String>,
    /// Where to write; without it, to standard output.
    #[arg(long, value_name = "FILE")]
    out: Option<PathBuf>,
}

fn formats() -> impl TypedValueParser<Value = Format> {
    PossibleValuesParser::new(Format::ALL.map(Format::name)).try_map(|name| Format::named(&name).ok_or("no format"))
}

fn parts() -> impl TypedValueParser<Value = Part> {
    PossibleValuesParser::new(Part::ALL.map(Part::name)).try_map(|name| Part::named(&name).ok_or("no view"))
}

fn sizes() -> RangedU64ValueParser<u64> {
    RangedU64ValueParser::new().range(u64::from(*SIZES.start())..=u64::from(*SIZES.end()))
}

/// Why nothing was rendered.
#[derive(Debug)]
pub enum RenderError {
    Source(SourceError),
    BadMoment { option: &'static str, text: String },
    NoSuchMoment { option: &'static str, error: NoSuchMoment },
    Backwards,
    Pixels(raster::RasterError),
    Animation(animation::AnimationError),
    TransparentAnimation,
    Write { to: String, error: std::io::Error },
}

impl fmt::Display for RenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RenderError::Source(error) => error.fmt(f),
            RenderError::BadMoment { option, text } => write!(
                f,
                "{option} {text}: this is no moment; accepted: a time such as 7.214s, the name of a note, or end"
            ),
            RenderError::NoSuchMoment { option, error: NoSuchMoment::PastTheEnd { asked, end } } => {
                write!(f, "{option} {asked}: the run ends at {end}; accepted: a time up to that, a note's name, or end")
            }
            RenderError::NoSuchMoment { option, error: NoSuchMoment::NoSuchNote { asked, known } } => {
                write!(f, "{option} {asked}: there is no such note; accepted: a time, end")?;
                known.iter().try_for_each(|note| write!(f, ", {note}"))
            }
            RenderError::Backwards => f.write_str("--from is later than --to; accepted: an earlier moment"),
            RenderError::Pixels(error) => error.fmt(f),
            RenderError::Animation(error) => error.fmt(f),
            RenderError::TransparentAnimation => {
                f.write_str("--transparent: a GIF has no shades of transparency; accepted with: svg, png")
            }
            RenderError::Write { to, error } => write!(f, "{to} cannot be written: {error}"),
        }
    }
}

impl RenderError {
    /// 2 if the command line was wrong.
    pub fn status(&self) -> u8 {
        match self {
            RenderError::Source(error) => error.status(),
            RenderError::Pixels(_) | RenderError::Write { .. } => 1,
            _ => 2,
        }
    }
}

/// Renders, and writes.
pub fn run(args: RenderArgs) -> Result<(), RenderError> {
    let by_ending = || {
        let ending = args.out.as_deref().and_then(Path::extension)?.to_str()?.to_ascii_lowercase();
        Format::ALL.into_iter().find(|format| format.ending() == ending)
    };
    let format = args.format.or_else(by_ending).unwrap_or(Format::Svg);
    if args.transparent && format == Format::Gif {
        return Err(RenderError::TransparentAnimation);
    }
    let mut source = Source::find(&args.file).map_err(RenderError::Source)?;
    let wanted = wanted(&args, format, &mut source)?;
    let run = &source.run;
    let bytes = match format {
        Format::Png => {
            let svg = String::from_utf8_lossy(&export(run, &wanted)).into_owned();
            raster::Raster::new().png(&svg, args.scale as f32).map_err(RenderError::Pixels)?
        }
        Format::Gif => animation::gif(run, &wanted, args.scale as f32).map_err(RenderError::Animation)?,
        _ => export(run, &wanted),
    };
    write(args.out.as_deref(), &bytes)
}

fn wanted(args: &RenderArgs, format: Format, source: &mut Source) -> Result<Wanted, RenderError> {
    let at = moment(source, "--at", args.at.as_deref())?;
    let [from, to] =
        [("--from", &args.from), ("--to", &args.to)].map(|(option, text)| moment(source, option, text.as_deref()));
    let (from, to) = (from?, to?);
    let run = &source.run;
    let linked = source.at.as_ref().and_then(|at| run.moment(at).ok());
    let from = from.unwrap_or(run.start);
    let to = to.or(at).unwrap_or(run.moments.end);
    if from > to {
        return Err(RenderError::Backwards);
    }
    let dark = args.theme.as_deref().map_or(source.is_dark, |theme| theme == "dark");
    let usual = Shot::new(args.part.or(source.part).unwrap_or_default(), Time(0));
    let shot = Shot {
        at: at.or(linked).unwrap_or_else(|| run.showpiece()),
        width: args.width.map_or(usual.width, |px| px as f64),
        height: args.height.map_or(usual.height, |px| px as f64),
        focus: Focus::default(),
        ..usual
    };
    let colours = if dark { Colours::Dark } else { Colours::Light };
    let backdrop = if args.transparent { Backdrop::Transparent } else { Backdrop::Opaque };
    Ok(Wanted { format, shot, colours, backdrop, from, to })
}

fn moment(source: &mut Source, option: &'static str, text: Option<&str>) -> Result<Option<Time>, RenderError> {
    let Some(text) = text else { return Ok(None) };
    let at = At::parse(text).ok_or_else(|| RenderError::BadMoment { option, text: text.into() })?;
    source.reach(&at);
    source.run.moment(&at).map(Some).map_err(|(_, error)| RenderError::NoSuchMoment { option, error })
}

fn write(out: Option<&Path>, bytes: &[u8]) -> Result<(), RenderError> {
    let (to, written) = match out {
        Some(path) => (path.display().to_string(), std::fs::write(path, bytes)),
        None => {
            let mut out = std::io::stdout().lock();
            ("standard output".into(), out.write_all(bytes).and_then(|()| out.flush()))
        }
    };
    written.map_err(|error| RenderError::Write { to, error })
}
