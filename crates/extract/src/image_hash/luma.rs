//! From luma to a blurred 64 x 64 sample, and how much there is to see in it.

/// The sample, row by row.
pub(super) type Sample = [[f32; 64]; 64];

/// Blurs and samples; `None` for a picture with a side of less than five pixels or a buffer of the wrong length.
pub(super) fn sample(mut luma: Vec<f32>, width: usize, height: usize) -> Option<Sample> {
    if width < 5 || height < 5 || width.checked_mul(height) != Some(luma.len()) {
        return None;
    }
    // A picture of 64 x 64 is its own sample.
    if (width, height) != (64, 64) {
        blur(&mut luma, width, height);
    }
    let mut sample = [[0.0; 64]; 64];
    for (row, values) in sample.iter_mut().enumerate() {
        for (column, value) in values.iter_mut().enumerate() {
            *value = luma[middle(row, height) * width + middle(column, width)];
        }
    }
    Some(sample)
}

/// The pixel at the middle of one of 64 equal parts, less than `length`.
fn middle(part: usize, length: usize) -> usize {
    // floor((part + 0.5) * length / 64) in whole numbers.
    (2 * part + 1) * length / 128
}

/// Two passes of box filters along rows and columns: nearly a tent, at the cost of a box.
fn blur(luma: &mut [f32], width: usize, height: usize) {
    let (along_rows, along_columns) = (window(width), window(height));
    let mut line = vec![0.0; width.max(height)];
    for _ in 0..2 {
        for row in luma.chunks_exact_mut(width) {
            let line = &mut line[..width];
            line.copy_from_slice(row);
            average(line, along_rows, |at, value| row[at] = value);
        }
        for column in 0..width {
            let line = &mut line[..height];
            for (row, value) in line.iter_mut().enumerate() {
                *value = luma[row * width + column];
            }
            average(line, along_columns, |row, value| luma[row * width + column] = value);
        }
    }
}

/// How wide a box is: half of what one sample stands for, rounded up.
fn window(length: usize) -> usize {
    length.div_ceil(128)
}

/// The running average of a line, narrower at its ends. The order of the sums is the reference's, since single
/// precision makes it part of the result.
fn average(line: &[f32], window: usize, mut write: impl FnMut(usize, f32)) {
    let half = (window + 2) / 2;
    let (mut left, mut right, mut at) = (0, 0, 0);
    let (mut sum, mut size) = (0.0f32, 0.0f32);
    for _ in 1..half {
        sum += line[right];
        size += 1.0;
        right += 1;
    }
    for _ in half..=window {
        sum += line[right];
        size += 1.0;
        write(at, sum / size);
        right += 1;
        at += 1;
    }
    for _ in window..line.len() {
        sum += line[right];
        sum -= line[left];
        write(at, sum / size);
        left += 1;
        right += 1;
        at += 1;
    }
    for _ in 1..half {
        sum -= line[left];
        size -= 1.0;
        write(at, sum / size);
        left += 1;
        at += 1;
    }
}

/// 0 to 100: how much neighbours differ. Differences are cut to whole percent of the range, as in the reference.
pub(super) fn quality(sample: &Sample) -> u8 {
    let steps = |a: f32, b: f32| ((a - b) * 100.0 / 255.0).abs().trunc();
    let mut sum = 0.0f64;
    for row in 0..64 {
        for column in 0..64 {
            if row < 63 {
                sum += f64::from(steps(sample[row][column], sample[row + 1][column]));
            }
            if column < 63 {
                sum += f64::from(steps(sample[row][column], sample[row][column + 1]));
            }
        }
    }
    // 0 to 100, so that it fits.
    (sum / 90.0).min(100.0) as u8
}
