//! Exponential and logarithm from additions and multiplications only: equal to the last bit on every platform.

use std::f64::consts::{LN_2, SQRT_2};

/// The exponential of a number, for -700 to 700; beyond these limits, that of the limit.
#[must_use]
pub fn exp(x: f64) -> f64 {
    let x = x.clamp(-700.0, 700.0);
    let halvings = (x / LN_2).round();
    let rest = x - halvings * LN_2;
    let mut term = 1.0;
    let mut sum = 1.0;
    for n in 1..=18_u32 {
        term *= rest / f64::from(n);
        sum += term;
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "a whole number from -1011 to 1011"
    )]
    let halvings = halvings as i32;
    let half = halvings / 2;
    sum * 2.0_f64.powi(half) * 2.0_f64.powi(halvings - half)
}

/// The natural logarithm of a normal positive number.
#[must_use]
pub fn ln(x: f64) -> f64 {
    const MANTISSA: u64 = (1 << 52) - 1;
    let bits = x.to_bits();
    let mut exponent = f64::from(u32::try_from(bits >> 52 & 0x7FF).unwrap_or_default()) - 1023.0;
    let mut mantissa = f64::from_bits(bits & MANTISSA | 1023 << 52);
    if mantissa > SQRT_2 {
        mantissa /= 2.0;
        exponent += 1.0;
    }
    let z = (mantissa - 1.0) / (mantissa + 1.0);
    let mut power = z;
    let mut sum = 0.0;
    for n in (1..=25_u32).step_by(2) {
        sum += power / f64::from(n);
        power *= z * z;
    }
    2.0 * sum + exponent * LN_2
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn both_agree_with_the_standard_library() {
        for step in -400..400 {
            let x = f64::from(step) / 7.0;
            assert!((exp(x) / x.exp() - 1.0).abs() < 1e-13, "{x}");
            let y = x.exp();
            assert!((ln(y) - x).abs() < 1e-12, "{y}");
        }
        assert!(exp(1e9).is_finite() && exp(-1e9) > 0.0 && exp(f64::NAN).is_nan());
    }
}
