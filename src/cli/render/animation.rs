//! A range of a run as an animated GIF: for slides that show no video.
//!
//! Rule: frames follow the page's own pace, ten a second. One palette for all, of the colours that are there most, so that
//! a colour of the page is that very colour; a frame holds only what differs from the one before.

use super::raster::{Raster, RasterError};
use super::{Run, Shot, Wanted, export};
use gif::{DisposalMethod, Encoder, Frame, Repeat};
use resvg::tiny_skia::Pixmap;
use std::borrow::Cow;
use std::collections::HashMap;
use std::fmt;

/// Between two frames, hundredths of a second.
const DELAY: u16 = 10;
/// The last frame stays longer, so that the end is seen.
const LAST_DELAY: u16 = 200;
/// The most frames, and pixels of all of them.
const FRAMES_MAX: usize = 600;
const PIXELS_MAX: usize = 600_000_000;
/// Bits of each channel by which colours are told apart.
const BITS: u32 = 5;

/// Why there is no animation.
#[derive(Debug)]
pub enum AnimationError {
    TooLong { seconds: f64 },
    TooLarge { frames: usize, width: u32, height: u32 },
    Raster(RasterError),
    Encoding(gif::EncodingError),
}

impl fmt::Display for AnimationError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            AnimationError::TooLong { seconds } => {
                let most = FRAMES_MAX * usize::from(DELAY) / 100;
                write!(f, "this range plays {seconds:.0} s; accepted: {most} s. Narrow it with --from and --to")
            }
            AnimationError::TooLarge { frames, width, height } => write!(
                f,
                "{frames} frames of {width} × {height} pixels are too many; accepted: {PIXELS_MAX} pixels in all. Narrow the range, or take a smaller --width"
            ),
            AnimationError::Raster(error) => error.fmt(f),
            AnimationError::Encoding(error) => write!(f, "the GIF cannot be encoded: {error}"),
        }
    }
}

/// The animation.
pub fn gif(run: &Run, wanted: &Wanted, scale: f32) -> Result<Vec<u8>, AnimationError> {
    let (from, to) = (run.pace.to_play_ms(wanted.from), run.pace.to_play_ms(wanted.to));
    let frames = ((to - from) / (f64::from(DELAY) * 10.0)).floor() as usize + 1;
    if frames > FRAMES_MAX {
        return Err(AnimationError::TooLong { seconds: (to - from) / 1_000.0 });
    }
    let raster = Raster::new();
    let paint = |n: usize| {
        let at =
            if n + 1 == frames { wanted.to } else { run.pace.to_virtual(from + n as f64 * f64::from(DELAY) * 10.0) };
        let svg = export(run, &Wanted { shot: Shot { at, ..wanted.shot }, ..*wanted });
        raster.paint(&String::from_utf8_lossy(&svg), scale).map_err(AnimationError::Raster)
    };
    let mut painted: Vec<Picture> = vec![];
    for n in 0..frames {
        let picture = Picture::of(&paint(n)?);
        if frames * picture.pixels.len() > PIXELS_MAX {
            return Err(AnimationError::TooLarge { frames, width: picture.width, height: picture.height });
        }
        painted.push(picture);
    }
    let height = painted.iter().map(|picture| picture.height).max().unwrap_or(1);
    painted.iter_mut().for_each(|picture| picture.grow(height));
    encode(&painted).map_err(AnimationError::Encoding)
}

/// A frame's pixels: red, green, blue.
struct Picture {
    width: u32,
    height: u32,
    pixels: Vec<[u8; 3]>,
}

impl Picture {
    fn of(painted: &Pixmap) -> Picture {
        let pixels = painted.pixels().iter().map(|p| [p.red(), p.green(), p.blue()]).collect();
        Picture { width: painted.width(), height: painted.height(), pixels }
    }

    /// All frames have one size: a lower one gets more of its ground.
    fn grow(&mut self, height: u32) {
        let ground = self.pixels.last().copied().unwrap_or_default();
        self.height = height;
        self.pixels.resize((self.width * height) as usize, ground);
    }
}

/// The colours of an animation.
struct Palette {
    colours: Vec<[u8; 3]>,
    /// The nearest one of each colour that was asked for.
    nearest: HashMap<[u8; 3], u8>,
}

impl Palette {
    /// The most frequent colour of each of the most frequent groups.
    fn of(pictures: &[Picture]) -> Palette {
        let mut counts: HashMap<[u8; 3], u64> = HashMap::new();
        for pixel in pictures.iter().flat_map(|picture| &picture.pixels) {
            *counts.entry(*pixel).or_default() += 1;
        }
        let mut groups: HashMap<[u8; 3], (u64, [u8; 3], u64)> = HashMap::new();
        let mut counted: Vec<([u8; 3], u64)> = counts.into_iter().collect();
        counted.sort_unstable();
        for (colour, count) in counted {
            let group = groups.entry(colour.map(|channel| channel >> (8 - BITS))).or_insert((0, colour, 0));
            group.0 += count;
            if count > group.2 {
                (group.1, group.2) = (colour, count);
            }
        }
        let mut colours: Vec<(u64, [u8; 3])> = groups.into_values().map(|(all, colour, _)| (all, colour)).collect();
        colours.sort_unstable_by(|a, b| b.cmp(a));
        Palette { colours: colours.into_iter().take(256).map(|(_, colour)| colour).collect(), nearest: HashMap::new() }
    }

    fn index(&mut self, colour: [u8; 3]) -> u8 {
        let colours = &self.colours;
        *self.nearest.entry(colour).or_insert_with(|| {
            let distance = |other: &[u8; 3]| -> u32 {
                other.iter().zip(colour).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
            };
            let nearest = colours.iter().enumerate().min_by_key(|(_, other)| distance(other));
            nearest.map_or(0, |(n, _)| n as u8)
        })
    }

    fn bytes(&self) -> Vec<u8> {
        self.colours.concat()
    }
}

fn encode(pictures: &[Picture]) -> Result<Vec<u8>, gif::EncodingError> {
    let mut palette = Palette::of(pictures);
    let (width, height) = pictures.first().map_or((1, 1), |picture| (picture.width, picture.height));
    let mut out = vec![];
    let mut encoder = Encoder::new(&mut out, width as u16, height as u16, &palette.bytes())?;
    encoder.set_repeat(Repeat::Infinite)?;
    let mut held: Option<Frame> = None;
    let mut before: Option<&Picture> = None;
    for picture in pictures {
        match (changed(before, picture), &mut held) {
            // Nothing moves: the frame before stays longer.
            (None, Some(frame)) if frame.delay < u16::MAX - DELAY => frame.delay += DELAY,
            (area, _) => {
                if let Some(frame) = held.take() {
                    encoder.write_frame(&frame)?;
                }
                held = Some(cut(picture, area.unwrap_or([0, 0, 1, 1]), &mut palette));
            }
        }
        before = Some(picture);
    }
    if let Some(mut frame) = held {
        frame.delay = frame.delay.saturating_add(LAST_DELAY);
        encoder.write_frame(&frame)?;
    }
    drop(encoder);
    Ok(out)
}

/// Left, top, width and height of what differs from the frame before.
fn changed(before: Option<&Picture>, picture: &Picture) -> Option<[u32; 4]> {
    let Some(before) = before else { return Some([0, 0, picture.width, picture.height]) };
    let width = picture.width as usize;
    let places = before.pixels.iter().zip(&picture.pixels).enumerate().filter(|(_, (a, b))| a != b);
    let mut area: Option<[usize; 4]> = None;
    for (n, _) in places {
        let (x, y) = (n % width, n / width);
        let [left, top, right, bottom] = area.unwrap_or([x, y, x, y]);
        area = Some([left.min(x), top.min(y), right.max(x), bottom.max(y)]);
    }
    area.map(|[left, top, right, bottom]| [left, top, right - left + 1, bottom - top + 1].map(|n| n as u32))
}

fn cut(picture: &Picture, [left, top, width, height]: [u32; 4], palette: &mut Palette) -> Frame<'static> {
    let rows = (top..top + height).flat_map(|y| {
        let from = (y * picture.width + left) as usize;
        picture.pixels[from..from + width as usize].iter()
    });
    let buffer: Vec<u8> = rows.map(|pixel| palette.index(*pixel)).collect();
    Frame {
        delay: DELAY,
        dispose: DisposalMethod::Keep,
        left: left as u16,
        top: top as u16,
        width: width as u16,
        height: height as u16,
        buffer: Cow::Owned(buffer),
        ..Frame::default()
    }
}
