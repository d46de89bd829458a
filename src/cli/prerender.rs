//! `replscope prerender`: the page's first picture, into its HTML, so that there is something to read before the
//! program arrives. `cargo xtask build` calls it.

use std::fmt;
use std::path::PathBuf;

/// Render the first picture into a built page.
#[derive(Debug, clap::Args)]
pub struct PrerenderArgs {
    /// The built `index.html`; it is changed in place.
    #[arg(long)]
    index: PathBuf,
    /// Where to write the small pictures of the course's lessons, a line each: its name, a tab, and SVG.
    #[arg(long)]
    pictures: PathBuf,
    /// The folder for pictures that stand alone, two of each lesson: `NAME-light.svg` and `NAME-dark.svg`.
    #[arg(long)]
    stills: PathBuf,
}

/// Where the picture goes: the page's root while it is empty.
const ROOT: &str = r#"<main id="app"></main>"#;

/// Why the page could not be filled.
#[derive(Debug)]
pub enum PrerenderError {
    File { path: PathBuf, error: std::io::Error },
    NoRoot { path: PathBuf },
}

impl fmt::Display for PrerenderError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            PrerenderError::File { path, error } => write!(f, "{}: {error}", path.display()),
            PrerenderError::NoRoot { path } => write!(f, "{} has no empty root; expected: {ROOT}", path.display()),
        }
    }
}

impl PrerenderError {
    pub fn status(&self) -> u8 {
        1
    }
}

/// Fills the page's root.
pub fn run(args: PrerenderArgs) -> Result<(), PrerenderError> {
    let file = |error| PrerenderError::File { path: args.index.clone(), error };
    let html = std::fs::read_to_string(&args.index).map_err(file)?;
    let (before, after) = html.split_once(ROOT).ok_or_else(|| PrerenderError::NoRoot { path: args.index.clone() })?;
    let picture = crate::view::prerender();
    let stopped = crate::view::stopped();
    let filled = format!(r#"{before}<main id="app">{picture}</main>{stopped}{after}"#);
    std::fs::write(&args.index, filled).map_err(file)?;
    let file = |error| PrerenderError::File { path: args.pictures.clone(), error };
    std::fs::write(&args.pictures, crate::view::pictures()).map_err(file)?;
    let file = |error| PrerenderError::File { path: args.stills.clone(), error };
    std::fs::create_dir_all(&args.stills).map_err(file)?;
    for (name, picture) in crate::view::stills() {
        std::fs::write(args.stills.join(name), picture).map_err(file)?;
    }
    Ok(())
}
