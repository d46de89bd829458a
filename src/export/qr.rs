//! A link as a QR code: for those who sit in a lecture hall with a phone.

/// The longest link that is made one, bytes. More can be written, and no phone reads it from a wall.
pub const QR_MAX: usize = 1_000;

/// A code: dark squares on light ones, with the margin that readers need.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct QrCode {
    /// Squares on each side.
    pub side: usize,
    /// The `d` of an SVG path with a unit for each square.
    pub path: String,
}

/// Light squares around a code.
const MARGIN: i32 = 4;

/// The code of a link; none if it is too long for one.
pub fn qr(link: &str) -> Option<QrCode> {
    if link.len() > QR_MAX {
        return None;
    }
    let code = qrcodegen::QrCode::encode_text(link, qrcodegen::QrCodeEcc::Low).ok()?;
    let size = code.size();
    let mut path = String::new();
    for y in 0..size {
        for x in 0..size {
            if code.get_module(x, y) {
                path += &format!("M{} {}h1v1h-1z", x + MARGIN, y + MARGIN);
            }
        }
    }
    Some(QrCode { side: (size + 2 * MARGIN) as usize, path })
}
