//! TIFF: pictures and numbers, in strips or tiles, of one page or many.
//!
//! The crate unpacks (LZW, deflate, PackBits, JPEG, CCITT; predictors; both byte orders; BigTIFF). What the values mean is
//! decided here: integers without sign of up to 16 bits are a picture from 0 to 1, everything else is numbers.

mod decode;
mod directory;
mod lzw;
mod mix;
mod open;
mod page;
mod palette;
mod stack;

pub use self::decode::decode;
