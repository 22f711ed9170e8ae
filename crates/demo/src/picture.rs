//! Pictures: smooth coloured fields that show nothing, yet differ and resemble each other as photographs do.

use crate::draw::Draw;
use image::{ImageEncoder, codecs::png::PngEncoder};

/// How a picture was made from its scene. The same scene cropped, resized or brightened is "the same picture".
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Picture {
    /// What it shows; two pictures of one scene resemble each other.
    pub scene: u64,
    /// Side of the square in pixels.
    pub side: u32,
    /// Share of the scene that was cut away, from the left and the top.
    pub crop: (f64, f64),
    /// Added to every colour value, in 255ths.
    pub brighter: f64,
}

impl Picture {
    /// The scene as it was taken.
    pub(crate) fn plain(scene: u64) -> Self {
        Self { scene, side: 128, crop: (0.0, 0.0), brighter: 0.0 }
    }

    /// The same scene as someone passes it on: cropped by 3 % at most, resized, brightened or darkened.
    pub(crate) fn reused(scene: u64, draw: &mut Draw) -> Self {
        let side = [96, 112, 128, 144][draw.below(4)];
        let crop = (draw.unit() * 0.03, draw.unit() * 0.03);
        Self { scene, side, crop, brighter: draw.unit() * 30.0 - 15.0 }
    }

    /// The picture as PNG. Slow waves of ten directions, so that a gradient runs through every part of it.
    pub fn png(&self) -> Vec<u8> {
        let mut draw = Draw::of(self.scene, "scene", 0);
        let waves: Vec<[f64; 6]> = (0..10)
            .map(|_| {
                let (x, y) = (draw.unit() * 12.0 - 6.0, draw.unit() * 12.0 - 6.0);
                [x, y, draw.unit() * std::f64::consts::TAU, draw.unit(), draw.unit(), draw.unit()]
            })
            .collect();
        let mut pixels = Vec::with_capacity((self.side * self.side * 3) as usize);
        for row in 0..self.side {
            for column in 0..self.side {
                let at = |pixel: u32, crop: f64| crop + (f64::from(pixel) + 0.5) / f64::from(self.side) * (1.0 - crop);
                let (x, y) = (at(column, self.crop.0), at(row, self.crop.1));
                let mut colour = [128.0 + self.brighter; 3];
                for [fx, fy, phase, red, green, blue] in &waves {
                    let height = (std::f64::consts::TAU * (fx * x + fy * y) + phase).sin();
                    for (value, weight) in colour.iter_mut().zip([red, green, blue]) {
                        *value += height * (10.0 + 22.0 * weight);
                    }
                }
                pixels.extend(colour.map(|value| value.clamp(0.0, 255.0) as u8));
            }
        }
        let mut file = Vec::new();
        // Writing the right number of pixels into memory cannot fail; an empty file would show in every test.
        let _ = PngEncoder::new(&mut file).write_image(&pixels, self.side, self.side, image::ExtendedColorType::Rgb8);
        file
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn luma64(picture: &Picture) -> Vec<f64> {
        let decoded = image::load_from_memory(&picture.png()).unwrap();
        decoded
            .resize_exact(64, 64, image::imageops::FilterType::Triangle)
            .to_luma8()
            .pixels()
            .map(|p| f64::from(p.0[0]))
            .collect()
    }

    #[test]
    fn pictures_have_gradients_enough_to_be_compared() {
        for scene in 0..12 {
            let luma = luma64(&Picture::plain(scene));
            let mut sum = 0.0;
            for at in 0..64 * 63 {
                sum += ((luma[at] - luma[at + 64]) * 100.0 / 255.0).abs().floor();
            }
            // PDQ's quality is this sum in both directions over 90; one direction alone passes 49.
            assert!(sum / 90.0 > 49.0, "scene {scene}: {sum}");
        }
    }

    #[test]
    fn a_reused_picture_resembles_its_scene_and_no_other() {
        let far = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| (a - b).abs()).sum::<f64>() / 4096.0;
        let mut draw = Draw::of(1, "reuse", 0);
        for scene in 0..6 {
            let plain = luma64(&Picture::plain(scene));
            let reused = luma64(&Picture::reused(scene, &mut draw));
            let other = luma64(&Picture::plain(scene + 100));
            assert!(far(&plain, &reused) < 25.0, "{}", far(&plain, &reused));
            assert!(far(&plain, &other) > 30.0, "{}", far(&plain, &other));
        }
    }
}
