//! People: first start, members and roles, API tokens, one's own settings, the workspace's settings.

pub mod members;
pub mod profile;
pub mod setup;
pub mod throttle;
pub mod tokens;
pub mod workspaces;

use kiem_domain::contact::EmailAddress;

use super::FieldError;

/// Shortest password (NIST SP 800-63B and OWASP ASVS 6.2.1 ask for at least 8; 12 is ours).
pub const PASSWORD_CHARS_MIN: usize = 12;
/// Longest password: enough for any sentence, and a bound for what is hashed.
const PASSWORD_CHARS_MAX: usize = 200;
const NAME_CHARS_MAX: usize = 120;

fn check_password(field: &str, password: &str, errors: &mut Vec<FieldError>) {
    let n = password.chars().count();
    if n < PASSWORD_CHARS_MIN {
        errors.push(FieldError {
            field: field.to_owned(),
            code: "password_short",
            params: vec![("n", PASSWORD_CHARS_MIN.to_string())],
        });
    } else if n > PASSWORD_CHARS_MAX {
        errors.push(FieldError {
            field: field.to_owned(),
            code: "text_long",
            params: vec![("n", PASSWORD_CHARS_MAX.to_string())],
        });
    }
}

fn check_name(field: &str, name: &str, errors: &mut Vec<FieldError>) {
    if name.trim().is_empty() || name.chars().any(char::is_control) {
        errors.push(FieldError::new(field, "required"));
    } else if name.chars().count() > NAME_CHARS_MAX {
        errors.push(FieldError {
            field: field.to_owned(),
            code: "text_long",
            params: vec![("n", NAME_CHARS_MAX.to_string())],
        });
    }
}

/// A log-in address as it is stored: lower case, without spaces around it.
fn login_address(email: &str) -> String {
    email.trim().to_lowercase()
}

fn check_email(field: &str, email: &str, errors: &mut Vec<FieldError>) {
    if EmailAddress::parse(email.trim()).is_err() {
        errors.push(FieldError::new(field, "email"));
    }
}

fn check_language(field: &str, language: &str, errors: &mut Vec<FieldError>) {
    if language.parse::<crate::messages::Lang>().is_err() {
        errors.push(FieldError::new(field, "unknown_choice"));
    }
}

fn check_time_zone(field: &str, name: &str, errors: &mut Vec<FieldError>) {
    if jiff::tz::TimeZone::get(name).is_err() {
        errors.push(FieldError::new(field, "time_zone"));
    }
}
