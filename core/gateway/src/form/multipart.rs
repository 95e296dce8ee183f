//! The fields of a form, up to its file.
//!
//! Source: RFC 7578, "Returning Values from Forms: multipart/form-data".

use bytes::{Buf as _, Bytes, BytesMut};

use super::{
    FormError,
    file::{FileEnd, find},
};
use crate::{Body, BodyError};

/// The most bytes before the file: fields, their names, and the lines around them.
const MOST: usize = 64 << 10;
const BOUNDARY: usize = 200;

/// A form that was read up to its file.
pub(super) struct Front {
    pub(super) fields: Vec<(String, String)>,
    /// The file's name, as the browser tells it.
    pub(super) filename: String,
    pub(super) end: FileEnd,
    /// The first bytes of the file.
    pub(super) first: Bytes,
}

/// The boundary of a `multipart/form-data` content type.
pub(super) fn boundary(content_type: &str) -> Option<String> {
    let (kind, parameters) = content_type.split_once(';')?;
    if !kind.trim().eq_ignore_ascii_case("multipart/form-data") {
        return None;
    }
    let boundary = parameter(parameters, "boundary")?;
    let fits = (1..=BOUNDARY).contains(&boundary.len());
    (fits && boundary.bytes().all(|byte| byte == b' ' || byte.is_ascii_graphic())).then_some(boundary)
}

/// Reads the fields; stops where the file begins.
pub(super) async fn front(body: &mut Body, boundary: &str) -> Result<Front, BodyError> {
    let delimiter = format!("\r\n--{boundary}").into_bytes();
    // The first delimiter needs no line before it.
    let mut reader = Reader { body, buffer: BytesMut::from("\r\n"), budget: MOST };
    let mut fields = Vec::new();
    reader.until(&delimiter).await?;
    loop {
        match &*reader.two().await? {
            b"\r\n" => {}
            b"--" => return Err(FormError::NoFile.into()),
            _ => return Err(FormError::Malformed.into()),
        }
        let head = text(reader.until(b"\r\n\r\n").await?)?;
        let disposition = disposition(&head).ok_or(FormError::Malformed)?;
        let name = parameter(disposition, "name").ok_or(FormError::Malformed)?;
        if name.eq_ignore_ascii_case("file") {
            let filename = parameter(disposition, "filename").unwrap_or_default();
            let (end, first) = (FileEnd::new(&delimiter), reader.buffer.freeze());
            return Ok(Front { fields, filename, end, first });
        }
        fields.push((name, text(reader.until(&delimiter).await?)?));
    }
}

fn text(bytes: Bytes) -> Result<String, FormError> {
    String::from_utf8(bytes.into()).map_err(|_| FormError::Malformed)
}

/// The parameters of a part's `Content-Disposition`.
fn disposition(head: &str) -> Option<&str> {
    head.split("\r\n").find_map(|line| {
        let (name, value) = line.split_once(':')?;
        let (kind, parameters) = value.split_once(';')?;
        let ours =
            name.eq_ignore_ascii_case("content-disposition") && kind.trim().eq_ignore_ascii_case("form-data");
        ours.then_some(parameters)
    })
}

/// A parameter of a header field. In a quoted value only the quote is escaped: backslashes are separators of
/// folders to some browsers.
fn parameter(text: &str, wanted: &str) -> Option<String> {
    let mut rest = text;
    loop {
        let (name, after) = rest.trim_start_matches([' ', '\t', ';']).split_once('=')?;
        let (value, after) = match after.strip_prefix('"') {
            Some(quoted) => unquoted(quoted)?,
            None => {
                let (value, after) = after.split_once(';').unwrap_or((after, ""));
                (value.trim().to_owned(), after)
            }
        };
        if name.trim().eq_ignore_ascii_case(wanted) {
            return Some(value);
        }
        rest = after;
    }
}

fn unquoted(text: &str) -> Option<(String, &str)> {
    let mut value = String::new();
    let mut rest = text;
    loop {
        let (before, after) = rest.split_once('"')?;
        match before.strip_suffix('\\') {
            Some(before) if after.contains('"') => value.extend([before, "\""]),
            _ => {
                value.push_str(before);
                return Some((value, after));
            }
        }
        rest = after;
    }
}

struct Reader<'b> {
    body: &'b mut Body,
    buffer: BytesMut,
    /// Bytes that may still come before the file.
    budget: usize,
}

impl Reader<'_> {
    /// What stands before the marker; the marker is passed over.
    async fn until(&mut self, marker: &[u8]) -> Result<Bytes, BodyError> {
        let mut searched = 0;
        loop {
            let unsearched = self.buffer.get(searched..).unwrap_or_default();
            if let Some(at) = find(unsearched, marker) {
                let before = self.buffer.split_to(searched + at).freeze();
                self.buffer.advance(marker.len());
                self.spend(before.len() + marker.len())?;
                return Ok(before);
            }
            searched = self.buffer.len().saturating_sub(marker.len() - 1);
            if self.buffer.len() > self.budget {
                return Err(FormError::FieldsTooLarge.into());
            }
            self.more().await?;
        }
    }

    async fn two(&mut self) -> Result<Bytes, BodyError> {
        while self.buffer.len() < 2 {
            self.more().await?;
        }
        self.spend(2)?;
        Ok(self.buffer.split_to(2).freeze())
    }

    fn spend(&mut self, bytes: usize) -> Result<(), FormError> {
        self.budget = self.budget.checked_sub(bytes).ok_or(FormError::FieldsTooLarge)?;
        Ok(())
    }

    async fn more(&mut self) -> Result<(), BodyError> {
        let bytes = self.body.chunk().await?.ok_or(FormError::Malformed)?;
        self.buffer.extend_from_slice(&bytes);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn read(text: &str) -> Result<Front, BodyError> {
        front(&mut Body::whole(Bytes::copy_from_slice(text.as_bytes())), "b").await
    }

    fn part(name: &str, value: &str) -> String {
        format!("--b\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n")
    }

    #[tokio::test]
    async fn fields_are_read_up_to_the_file() {
        let file = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"C:\\a b\\\"c\\\".txt\"\r\n\
             Content-Type: text/plain\r\n\r\ncontent\r\n--b--\r\n";
        let form = part("key", "a/${filename}") + &part("Note", "two\r\nlines") + file;
        let front = read(&form).await.unwrap();
        let fields: Vec<(&str, &str)> = front.fields.iter().map(|(n, v)| (n.as_str(), v.as_str())).collect();
        assert_eq!(fields, [("key", "a/${filename}"), ("Note", "two\r\nlines")]);
        assert_eq!(front.filename, "C:\\a b\"c\".txt");
        assert_eq!(&*front.first, b"content\r\n--b--\r\n");
    }

    #[tokio::test]
    async fn what_is_no_form_is_refused() {
        let fault = |text: String| async move {
            match read(&text).await {
                Err(BodyError::Form(error)) => error,
                Err(other) => panic!("{other}"),
                Ok(_) => panic!("accepted: {text}"),
            }
        };
        assert_eq!(fault(String::new()).await, FormError::Malformed);
        assert_eq!(fault("--b".to_owned()).await, FormError::Malformed);
        assert_eq!(fault("--bx\r\n\r\n\r\n--b--".to_owned()).await, FormError::Malformed);
        assert_eq!(fault("--b\r\nX: y\r\n\r\n\r\n--b--".to_owned()).await, FormError::Malformed);
        assert_eq!(fault(part("key", "x") + "--b--\r\n").await, FormError::NoFile);
        assert_eq!(fault(part("key", "x")).await, FormError::Malformed);
        assert_eq!(fault(part("key", &"x".repeat(MOST))).await, FormError::FieldsTooLarge);
        assert_eq!(fault("x".repeat(2 * MOST)).await, FormError::FieldsTooLarge);
        assert_eq!(fault(part("k", "x").repeat(2000)).await, FormError::FieldsTooLarge);
    }

    #[test]
    fn boundaries_are_read() {
        assert_eq!(boundary("multipart/form-data; boundary=x-1").as_deref(), Some("x-1"));
        assert_eq!(boundary("Multipart/Form-Data; charset=utf-8; Boundary=\"a b\"").as_deref(), Some("a b"));
        for text in ["multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=x"] {
            assert_eq!(boundary(text), None, "{text}");
        }
        assert_eq!(boundary(&format!("multipart/form-data; boundary={}", "x".repeat(201))), None);
    }
}
