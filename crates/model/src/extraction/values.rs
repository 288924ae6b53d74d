//! Values that come back from a device.

use super::error::ExtractError;
#[cfg(feature = "burn")]
use burn::tensor::Tensor;

/// Reads a tensor back without blocking: a blocking read panics in a browser.
#[cfg(feature = "burn")]
pub(crate) async fn read(tensor: Tensor<4>) -> Result<Vec<f32>, ExtractError> {
    let data = tensor
        .into_data_async()
        .await
        .map_err(|error| ExtractError::Device(error.to_string()))?;
    let values = data
        .try_into_vec_as::<f32>()
        .map_err(|error| ExtractError::Device(error.to_string()))?;
    finite(values)
}

/// Passes values on that are all finite. Of what is not, the search for the nearest code would make code 0.
pub(super) fn finite(values: Vec<f32>) -> Result<Vec<f32>, ExtractError> {
    let broken = values.iter().filter(|value| !value.is_finite()).count();
    if broken > 0 {
        return Err(ExtractError::Device(format!(
            "{broken} of the {} values that it computed are not finite numbers",
            values.len()
        )));
    }
    Ok(values)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_no_number_is_an_error_of_the_device() {
        assert_eq!(finite(vec![1.0, -2.0]).unwrap(), [1.0, -2.0]);
        for broken in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let error = finite(vec![0.0, broken]).unwrap_err();
            assert!(
                matches!(error, ExtractError::Device(_)) && error.to_string().contains("1 of the 2"),
                "{error}"
            );
        }
    }
}
