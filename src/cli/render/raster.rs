//! SVG into pixels, with fonts of our own, so that a picture is the same on every machine.

use resvg::tiny_skia::{Pixmap, Transform};
use resvg::usvg::{Options, Tree};
use std::fmt;

/// The most pixels of a picture.
const PIXELS_MAX: f32 = 64_000_000.0;

/// Why there are no pixels.
#[derive(Debug)]
pub enum RasterError {
    Svg(resvg::usvg::Error),
    TooLarge { width: f32, height: f32 },
    Png,
}

impl fmt::Display for RasterError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            RasterError::Svg(error) => {
                write!(f, "the picture cannot be read back: {error}. This is a fault of replscope")
            }
            RasterError::TooLarge { width, height } => {
                write!(
                    f,
                    "{width} × {height} pixels are too many; accepted: {PIXELS_MAX} in all. Take a smaller --scale"
                )
            }
            RasterError::Png => f.write_str("the PNG cannot be encoded. This is a fault of replscope"),
        }
    }
}

/// Makes pixels.
pub struct Raster {
    options: Options<'static>,
}

impl Raster {
    pub fn new() -> Raster {
        let mut options = Options::default();
        let fonts = options.fontdb_mut();
        for font in
            [dejavu::sans::regular(), dejavu::sans::bold(), dejavu::sans_mono::regular(), dejavu::sans_mono::bold()]
        {
            fonts.load_font_data(font.to_vec());
        }
        fonts.set_sans_serif_family("DejaVu Sans");
        fonts.set_monospace_family("DejaVu Sans Mono");
        Raster { options }
    }

    /// Paints an SVG, `scale` pixels for each of its units.
    pub fn paint(&self, svg: &str, scale: f32) -> Result<Pixmap, RasterError> {
        let tree = Tree::from_str(svg, &self.options).map_err(RasterError::Svg)?;
        let (width, height) = ((tree.size().width() * scale).ceil(), (tree.size().height() * scale).ceil());
        let too_large = RasterError::TooLarge { width, height };
        if width * height > PIXELS_MAX {
            return Err(too_large);
        }
        let mut pixels = Pixmap::new(width as u32, height as u32).ok_or(too_large)?;
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut pixels.as_mut());
        Ok(pixels)
    }

    pub fn png(&self, svg: &str, scale: f32) -> Result<Vec<u8>, RasterError> {
        self.paint(svg, scale)?.encode_png().map_err(|_| RasterError::Png)
    }
}
