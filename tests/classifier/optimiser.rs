//! Multinomial logistic regression with an L2 penalty, by L-BFGS: one thread, fixed order, no randomness.

use policytrail::classify::{ln, probabilities};

/// Number of kinds.
pub const KINDS: usize = 5;
/// A text as positions of features and their values.
pub type Row = Vec<(u32, f32)>;

/// Number of earlier steps that L-BFGS keeps.
const MEMORY: usize = 8;
/// The end, if the target has not stopped falling before.
const MAX_STEPS: usize = 80;
/// The target has stopped falling when a step changes it by less than this part.
const LEAST_CHANGE: f64 = 1e-5;

/// A text with its kind and its weight in the target.
#[derive(Debug, Clone)]
pub struct Example {
    /// The features.
    pub row: Row,
    /// The position of the kind.
    pub kind: usize,
    /// How much the example counts.
    pub weight: f64,
}

/// Weights of features and the bias of each kind.
#[derive(Debug, Clone)]
pub struct Regression {
    /// A weight for each feature and kind, then the biases.
    parameters: Vec<f64>,
}

impl Regression {
    /// The weights of a feature.
    pub fn weights(&self, feature: usize) -> &[f64] {
        &self.parameters[feature * KINDS..(feature + 1) * KINDS]
    }

    /// The biases.
    pub fn bias(&self) -> [f64; KINDS] {
        let mut bias = [0.0; KINDS];
        bias.copy_from_slice(&self.parameters[self.parameters.len() - KINDS..]);
        bias
    }

    /// Fits the weights. `cost` is the weight of the examples against the penalty.
    pub fn fit(examples: &[Example], features: usize, cost: f64) -> Self {
        let size = (features + 1) * KINDS;
        let mut here = vec![0.0; size];
        let mut slope = vec![0.0; size];
        let mut target = evaluate(examples, cost, &here, &mut slope);
        let mut steps: Vec<(Vec<f64>, Vec<f64>)> = Vec::new();
        for _ in 0..MAX_STEPS {
            let direction = direction(&slope, &steps);
            let descent = dot(&slope, &direction);
            let mut length = 1.0;
            let mut next_slope = vec![0.0; size];
            let (next, next_target) = loop {
                let next: Vec<f64> = here
                    .iter()
                    .zip(&direction)
                    .map(|(x, d)| x - length * d)
                    .collect();
                let value = evaluate(examples, cost, &next, &mut next_slope);
                if value <= target - 1e-4 * length * descent || length < 1e-9 {
                    break (next, value);
                }
                length /= 2.0;
            };
            let moved: Vec<f64> = next.iter().zip(&here).map(|(a, b)| a - b).collect();
            let turned: Vec<f64> = next_slope.iter().zip(&slope).map(|(a, b)| a - b).collect();
            if dot(&moved, &turned) > 0.0 {
                steps.push((moved, turned));
            }
            if steps.len() > MEMORY {
                steps.remove(0);
            }
            let fell = target - next_target;
            (here, slope, target) = (next, next_slope, next_target);
            if fell < LEAST_CHANGE * target {
                break;
            }
        }
        Self { parameters: here }
    }
}

fn scores(parameters: &[f64], row: &Row) -> [f64; KINDS] {
    let mut scores = [0.0; KINDS];
    scores.copy_from_slice(&parameters[parameters.len() - KINDS..]);
    for (feature, value) in row {
        let at = *feature as usize * KINDS;
        for (score, weight) in scores.iter_mut().zip(&parameters[at..at + KINDS]) {
            *score += weight * f64::from(*value);
        }
    }
    scores
}

/// The target (penalty and weighted log-loss) and its slope.
fn evaluate(examples: &[Example], cost: f64, parameters: &[f64], slope: &mut [f64]) -> f64 {
    let weights = parameters.len() - KINDS;
    slope.copy_from_slice(parameters);
    slope[weights..].fill(0.0);
    let mut target = 0.5 * dot(&parameters[..weights], &parameters[..weights]);
    for example in examples {
        let cost = cost * example.weight;
        let mut errors = probabilities(scores(parameters, &example.row));
        target -= cost * ln(errors[example.kind].max(1e-300));
        errors[example.kind] -= 1.0;
        let errors = errors.map(|error| error * cost);
        for (slope, error) in slope[weights..].iter_mut().zip(errors) {
            *slope += error;
        }
        for (feature, value) in &example.row {
            let at = *feature as usize * KINDS;
            for (slope, error) in slope[at..at + KINDS].iter_mut().zip(errors) {
                *slope += error * f64::from(*value);
            }
        }
    }
    target
}

/// The slope, corrected by the curvature along earlier steps.
fn direction(slope: &[f64], steps: &[(Vec<f64>, Vec<f64>)]) -> Vec<f64> {
    let mut direction = slope.to_vec();
    let mut shares = Vec::new();
    for (moved, turned) in steps.iter().rev() {
        let share = dot(moved, &direction) / dot(moved, turned);
        add(&mut direction, -share, turned);
        shares.push(share);
    }
    let scale = match steps.last() {
        Some((moved, turned)) => dot(moved, turned) / dot(turned, turned),
        None => 1.0 / dot(slope, slope).sqrt(),
    };
    for value in &mut direction {
        *value *= scale;
    }
    for ((moved, turned), share) in steps.iter().zip(shares.into_iter().rev()) {
        let correction = dot(turned, &direction) / dot(moved, turned);
        add(&mut direction, share - correction, moved);
    }
    direction
}

fn add(to: &mut [f64], times: f64, what: &[f64]) {
    for (to, what) in to.iter_mut().zip(what) {
        *to += times * what;
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}
