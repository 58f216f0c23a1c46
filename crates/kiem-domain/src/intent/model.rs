//! The linear model: one weight per bucket and label, quantised to a byte, softmax with a temperature.
//!
//! The file: magic, versions, label table, temperature, digest of what it was trained on, scale, biases, then only the
//! buckets that have weights (distance to the previous bucket, mask of labels, bytes), and a checksum.

use super::features::{self, BUCKET_BITS, Vector, fnv64};
use super::label::Label;

const MAGIC: &[u8; 8] = b"KIEMINT\x01";
const N_BUCKETS: usize = 1 << BUCKET_BITS;
const N_LABELS: usize = Label::COUNT;

/// One number per label, in the order of [`Label::ALL`].
pub type PerLabel = [f32; N_LABELS];

/// A model file that cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ModelError {
    /// Not a model file, cut off, or changed.
    #[error("this is not a complete intent model file")]
    Damaged,
    /// Written by a version of Kiem with other labels or other features.
    #[error(
        "this intent model was made for another version of Kiem: train it again with `kiem intent train`"
    )]
    OtherVersion,
}

/// A trained model.
#[derive(Debug, Clone)]
pub struct Model {
    weights: Vec<i8>,
    scale: f32,
    bias: PerLabel,
    temperature: f32,
    digest: u128,
}

impl std::fmt::Debug for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        std::fmt::Display::fmt(self, f)
    }
}

/// What a model was trained on: training texts, phrases and features version in one number.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Digest(pub u128);

impl std::fmt::Display for Digest {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

impl Model {
    /// Quantises weights (`bucket * labels + label`).
    pub(super) fn from_weights(
        rows: &[(u32, PerLabel)],
        bias: PerLabel,
        temperature: f32,
        digest: Digest,
    ) -> Self {
        let largest = rows.iter().flat_map(|(_, row)| row).fold(0.0_f32, |max, w| max.max(w.abs()));
        let scale = if largest > 0.0 { largest / 127.0 } else { 1.0 };
        let mut weights = vec![0_i8; N_BUCKETS * N_LABELS];
        for (bucket, row) in rows {
            let start = *bucket as usize * N_LABELS;
            for (place, weight) in weights[start..start + N_LABELS].iter_mut().zip(row) {
                *place = (weight / scale).round() as i8;
            }
        }
        Self { weights, scale, bias, temperature, digest: digest.0 }
    }

    /// What it was trained on.
    pub fn digest(&self) -> Digest {
        Digest(self.digest)
    }

    /// The divisor of the logits that makes the probabilities honest.
    pub fn temperature(&self) -> f32 {
        self.temperature
    }

    /// The evidence per label, before the temperature.
    pub(super) fn logits(&self, vector: &Vector) -> PerLabel {
        let mut sums = [0.0_f32; N_LABELS];
        for (bucket, value) in vector {
            for (sum, weight) in sums.iter_mut().zip(self.row(*bucket)) {
                *sum += value * f32::from(*weight);
            }
        }
        std::array::from_fn(|label| sums[label] * self.scale + self.bias[label])
    }

    fn row(&self, bucket: u32) -> &[i8] {
        let start = bucket as usize * N_LABELS;
        self.weights.get(start..start + N_LABELS).unwrap_or_default()
    }

    /// How much a bucket speaks for a label against the mean of the others.
    pub(super) fn pull(&self, bucket: u32, label: Label) -> f32 {
        let row = self.row(bucket);
        let sum: f32 = row.iter().map(|w| f32::from(*w)).sum();
        let own = row.get(label.index()).copied().map_or(0.0, f32::from);
        (own - (sum - own) / (N_LABELS - 1) as f32) * self.scale
    }

    /// The file.
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = MAGIC.to_vec();
        out.extend(features::VERSION.to_le_bytes());
        out.push(BUCKET_BITS as u8);
        out.push(N_LABELS as u8);
        for label in Label::ALL {
            out.push(label.as_str().len() as u8);
            out.extend(label.as_str().as_bytes());
        }
        out.extend(self.temperature.to_le_bytes());
        out.extend(self.digest.to_le_bytes());
        out.extend(self.scale.to_le_bytes());
        for bias in self.bias {
            out.extend(bias.to_le_bytes());
        }
        let rows: Vec<(usize, &[i8])> = self
            .weights
            .chunks_exact(N_LABELS)
            .enumerate()
            .filter(|(_, row)| row.iter().any(|w| *w != 0))
            .collect();
        out.extend((rows.len() as u32).to_le_bytes());
        let mut next = 0;
        for (bucket, row) in rows {
            push_varint(&mut out, (bucket - next) as u32);
            next = bucket + 1;
            let mask = row.iter().enumerate().fold(0_u16, |mask, (i, w)| mask | (u16::from(*w != 0) << i));
            out.extend(mask.to_le_bytes());
            out.extend(row.iter().filter(|w| **w != 0).map(|w| w.to_le_bytes()[0]));
        }
        let checksum = fnv64(out.iter().copied());
        out.extend(checksum.to_le_bytes());
        out
    }

    /// Reads a file written by [`Model::to_bytes`].
    ///
    /// # Errors
    /// When the bytes are not a whole model file, or one for other labels or features.
    pub fn from_bytes(bytes: &[u8]) -> Result<Self, ModelError> {
        let body_len = bytes.len().checked_sub(8).ok_or(ModelError::Damaged)?;
        let (body, checksum) = bytes.split_at(body_len);
        if fnv64(body.iter().copied()).to_le_bytes() != checksum {
            return Err(ModelError::Damaged);
        }
        let mut reader = Reader { rest: body };
        if reader.take(MAGIC.len())? != MAGIC {
            return Err(ModelError::Damaged);
        }
        let same_features =
            u32::from_le_bytes(reader.array()?) == features::VERSION && reader.byte()? == BUCKET_BITS as u8;
        if !same_features || usize::from(reader.byte()?) != N_LABELS {
            return Err(ModelError::OtherVersion);
        }
        for label in Label::ALL {
            let length = usize::from(reader.byte()?);
            if reader.take(length)? != label.as_str().as_bytes() {
                return Err(ModelError::OtherVersion);
            }
        }
        let temperature = reader.float()?;
        let digest = u128::from_le_bytes(reader.array()?);
        let scale = reader.float()?;
        let mut bias = [0.0; N_LABELS];
        for place in &mut bias {
            *place = reader.float()?;
        }
        if !(temperature > 0.0 && scale > 0.0) {
            return Err(ModelError::Damaged);
        }
        let weights = reader.weights()?;
        Ok(Self { weights, scale, bias, temperature, digest })
    }
}

fn push_varint(out: &mut Vec<u8>, mut value: u32) {
    while value >= 0x80 {
        out.push((value & 0x7f) as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, n_bytes: usize) -> Result<&'a [u8], ModelError> {
        let (taken, rest) = self.rest.split_at_checked(n_bytes).ok_or(ModelError::Damaged)?;
        self.rest = rest;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], ModelError> {
        self.take(N)?.try_into().map_err(|_| ModelError::Damaged)
    }

    fn byte(&mut self) -> Result<u8, ModelError> {
        self.array::<1>().map(|[byte]| byte)
    }

    fn float(&mut self) -> Result<f32, ModelError> {
        let value = f32::from_le_bytes(self.array()?);
        if value.is_finite() { Ok(value) } else { Err(ModelError::Damaged) }
    }

    fn varint(&mut self) -> Result<usize, ModelError> {
        let mut value = 0_usize;
        for shift in [0, 7, 14, 21] {
            let byte = self.byte()?;
            value |= usize::from(byte & 0x7f) << shift;
            if byte & 0x80 == 0 {
                return Ok(value);
            }
        }
        Err(ModelError::Damaged)
    }

    fn weights(&mut self) -> Result<Vec<i8>, ModelError> {
        let n_rows = u32::from_le_bytes(self.array()?);
        let mut weights = vec![0_i8; N_BUCKETS * N_LABELS];
        let mut next = 0;
        for _ in 0..n_rows {
            let bucket = next + self.varint()?;
            next = bucket + 1;
            let start = bucket * N_LABELS;
            let row = weights.get_mut(start..start + N_LABELS).ok_or(ModelError::Damaged)?;
            let mask = u16::from_le_bytes(self.array()?);
            for (label, place) in row.iter_mut().enumerate() {
                if mask >> label & 1 == 1 {
                    *place = i8::from_le_bytes(self.array()?);
                }
            }
        }
        if self.rest.is_empty() { Ok(weights) } else { Err(ModelError::Damaged) }
    }
}

/// Probabilities from logits: softmax of `logits / temperature`.
pub(super) fn softmax(logits: &PerLabel, temperature: f32) -> PerLabel {
    let largest = logits.iter().fold(f32::NEG_INFINITY, |max, x| max.max(*x));
    let powers = logits.map(|x| ((x - largest) / temperature).exp());
    let sum: f32 = powers.iter().sum();
    powers.map(|p| p / sum)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn small() -> Model {
        let mut row = [0.0; N_LABELS];
        row[3] = 1.27;
        row[14] = -0.5;
        let rows = [(0, row), (77, row), ((N_BUCKETS - 1) as u32, row)];
        Model::from_weights(&rows, [0.1; N_LABELS], 0.7, Digest(42))
    }

    #[test]
    fn what_is_written_is_read_back() {
        let model = small();
        let read = Model::from_bytes(&model.to_bytes()).unwrap();
        assert_eq!(read.weights, model.weights);
        assert_eq!((read.scale, read.bias, read.temperature), (model.scale, model.bias, model.temperature));
        assert_eq!(read.digest(), Digest(42));
    }

    #[test]
    fn damage_is_noticed() {
        let bytes = small().to_bytes();
        for length in 0..bytes.len() {
            assert_eq!(Model::from_bytes(&bytes[..length]).err(), Some(ModelError::Damaged));
        }
        for place in (0..bytes.len()).step_by(7) {
            let mut changed = bytes.clone();
            changed[place] ^= 0x10;
            assert!(Model::from_bytes(&changed).is_err());
        }
    }

    #[test]
    fn a_model_with_other_labels_is_refused() {
        let mut bytes = small().to_bytes();
        let place = bytes.windows(5).position(|w| w == b"other").unwrap();
        bytes[place] = b'O';
        let end = bytes.len() - 8;
        let checksum = fnv64(bytes[..end].iter().copied());
        bytes[end..].copy_from_slice(&checksum.to_le_bytes());
        assert_eq!(Model::from_bytes(&bytes).err(), Some(ModelError::OtherVersion));
    }

    #[test]
    fn probabilities_sum_to_one_and_cool_with_temperature() {
        let mut logits = [0.0; N_LABELS];
        logits[2] = 3.0;
        let (cold, warm) = (softmax(&logits, 0.5), softmax(&logits, 2.0));
        assert!((cold.iter().sum::<f32>() - 1.0).abs() < 1e-5);
        assert!(cold[2] > warm[2] && warm[2] > warm[1]);
    }
}
