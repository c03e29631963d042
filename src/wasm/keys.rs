//! What can be said and done about a key without asking anyone.

use wasm_bindgen::prelude::*;
use zeroize::Zeroizing;

use super::error::{self, Thrown};
use super::secret::SecretHandle;
use super::{ProviderHandle, ids, plain, read};
use crate::error::Error;
use crate::format;
use crate::provider;
use crate::value::Value;

#[wasm_bindgen(js_class = Provider)]
impl ProviderHandle {
    /// What is wrong with a text as a key of the service: an array of
    /// `{ code, index, details }`. When nothing is, the known prefix that it
    /// has, or null: a good key costs one crossing and makes no object.
    pub fn check(&self, text: &JsValue) -> Result<JsValue, Thrown> {
        let text = Zeroizing::new(read::text(text, "text")?);
        let provider = self.share();
        let format = provider.format.as_ref();
        let problems = format::check(format, &text);
        if problems.is_empty() {
            let prefix = format.and_then(|format| format::prefix_of(format, &text));
            return Ok(prefix.map_or(JsValue::NULL, JsValue::from_str));
        }
        Ok(plain(&problems.iter().map(error::problem).collect())?)
    }

    /// The header that carries a key, as `[name, value]`.
    #[wasm_bindgen(unchecked_return_type = "[string, string]")]
    pub fn header(&self, secret: &SecretHandle, scheme: &JsValue) -> Result<JsValue, Thrown> {
        let scheme = read::optional_text(scheme, "scheme")?;
        let header = self.share().scheme(scheme.as_deref())?.header(&secret.get()?)?;
        Ok(plain(&Value::List(vec![(&*header.name).into(), header.value.into()]))?)
    }
}

/// The ids of the services that a text could be a key of, the surest first.
#[wasm_bindgen(unchecked_return_type = "string[]")]
pub fn identify(text: &JsValue) -> Result<JsValue, Thrown> {
    let text = Zeroizing::new(read::text(text, "text")?);
    ids(&provider::identify(&text))
}

/// The ids of the services of whose known form a text is, whatever stands around
/// the key.
#[wasm_bindgen(unchecked_return_type = "string[]")]
pub fn resembled(text: &JsValue) -> Result<JsValue, Thrown> {
    let text = Zeroizing::new(read::text(text, "text")?);
    let mut found = Vec::new();
    for provider in provider::builtins() {
        if provider.format.as_ref().is_some_and(|format| format::resembles(format, &text)) {
            found.push(*provider);
        }
    }
    ids(&found)
}

/// Enough of a text to recognise it by.
#[wasm_bindgen(unchecked_return_type = "string")]
pub fn mask(text: &JsValue) -> Result<JsValue, Thrown> {
    Ok(format::mask(&Zeroizing::new(read::text(text, "text")?)).into())
}

/// A new key: of keylatch's format with a prefix, or of a declared format.
#[wasm_bindgen]
pub fn generate(format: &JsValue) -> Result<SecretHandle, Thrown> {
    if format.is_object() {
        let format = provider::declare_format(&read::data(format, "format")?)?;
        return Ok(SecretHandle::new(format::generate(&format, "")?));
    }
    let prefix = match read::optional_text(format, "format")?.as_deref() {
        None | Some("live") => "kl_live_",
        Some("test") => "kl_test_",
        Some(_) => return Err(Error::argument("format", "use \"live\", \"test\" or a key format.").into()),
    };
    Ok(SecretHandle::new(format::generate(format::keylatch(), prefix)?))
}

/// SHA-256 in hexadecimal digits.
#[wasm_bindgen(unchecked_return_type = "string")]
pub fn hash(secret: &SecretHandle) -> Result<JsValue, Thrown> {
    Ok(format::hash(&secret.get()?).into())
}

/// Compares in constant time.
#[wasm_bindgen]
pub fn verify(secret: &SecretHandle, hash: &JsValue) -> Result<bool, Thrown> {
    Ok(format::verify(&secret.get()?, &read::text(hash, "hash")?)?)
}
