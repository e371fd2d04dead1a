//! Path, query and body, with errors in the form of this API.

use crate::failure::Failure;
use axum::{
	extract::{FromRequestParts, Path},
	http::request::Parts,
};
use serde::de::DeserializeOwned;

/// What stands in the path.
pub struct Params<T>(pub T);

impl<T, S> FromRequestParts<S> for Params<T>
where
	T: DeserializeOwned + Send,
	S: Send + Sync,
{
	type Rejection = Failure;

	async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Failure> {
		let Path(value) = Path::<T>::from_request_parts(parts, state)
			.await
			.map_err(|error| Failure::bad_request(format!("the path cannot be read: {}", error.body_text())))?;
		Ok(Self(value))
	}
}

/// A JSON body.
pub fn body<T: DeserializeOwned>(bytes: &[u8]) -> Result<T, Failure> {
	serde_json::from_slice(bytes).map_err(|error| Failure::bad_request(format!("the body cannot be read: {error}")))
}

/// The values of a comma-separated query parameter. A value that is not in the vocabulary is refused by name.
pub fn list<T>(query: Option<&str>, name: &str) -> Result<Vec<T>, Failure>
where
	T: std::str::FromStr,
	T::Err: std::fmt::Display,
{
	let pairs = query.unwrap_or_default().split('&').filter_map(|pair| pair.split_once('='));
	let value = pairs.filter(|(key, _)| *key == name).map(|(_, value)| value).next_back().unwrap_or_default();
	let values = value.split(',').filter(|value| !value.is_empty());
	values
		.map(|value| value.parse().map_err(|error: T::Err| Failure::bad_request(format!("`{name}`: {error}"))))
		.collect()
}

#[cfg(test)]
mod tests {
	use super::*;
	use salus_policy::{Category, LabelClass};

	#[test]
	fn lists_are_read_from_the_query() {
		let query = Some("categories=laboratory,vital-signs&classes=N,HIV");
		assert_eq!(list::<Category>(query, "categories").unwrap(), [Category::Laboratory, Category::VitalSigns]);
		assert_eq!(list::<LabelClass>(query, "classes").unwrap().len(), 2);
		assert!(list::<Category>(query, "other").unwrap().is_empty());
		assert!(list::<Category>(None, "categories").unwrap().is_empty());
		let failure = list::<Category>(Some("categories=billing"), "categories").unwrap_err();
		assert!(failure.to_string().contains("billing"));
	}

	#[test]
	fn a_body_that_cannot_be_read_names_the_place() {
		let failure = body::<salus_client::wire::FetchRequest>(b"{\"nonce\":1}").unwrap_err();
		assert!(failure.0.message.contains("column"), "{}", failure.0.message);
	}
}
