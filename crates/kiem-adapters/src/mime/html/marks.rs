//! What mail programs write into `class`, `id` and `data-marker` to tell quotes and signatures from text.

/// What an element is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mark {
    None,
    /// Its content is quoted.
    Quote,
    /// A Gmail quote block: quoted, but answers may stand between its pieces.
    GmailBlock,
    /// It and everything behind it in the same parent is quoted.
    QuotesRest,
    Signature,
    Hidden,
}

/// Classes of quoted blocks: Proton, Yahoo, Spark, Front, Newton, Tuta, Zoho, Notes, SOGo, Outlook's new editor.
const QUOTE_CLASSES: &[&str] = &[
    "protonmail_quote",
    "yahoo_quoted",
    "spark_quote",
    "front-blockquote",
    "cm_quote",
    "tutanota_quote",
    "zmail_extra",
    "hcl_quote",
    "gmx_quote",
    "moz-forward-container",
    "reply-quote",
    "quoted-message",
    "replaced-blockquote",
];
/// Ids and names of quoted blocks.
const QUOTE_IDS: &[&str] = &[
    "messagereplysection",
    "mail-editor-reference-message-container",
    "olk_src_body_section",
    "isreplycontent",
    "isforwardcontent",
    "x_messagereplysection",
    "ms-outlook-mobile-reference-message",
];
/// Ids of elements behind which all is quoted.
const REST_IDS: &[&str] =
    &["divrplyfwdmsg", "x_divrplyfwdmsg", "appendonsend", "x_appendonsend", "divtaskheader"];
/// Classes and ids of signatures. `AppleMailSignature` is missing on purpose: iOS puts typed text into it.
const SIGNATURES: &[&str] = &[
    "gmail_signature",
    "gmail_signature_prefix",
    "moz-signature",
    "protonmail_signature_block",
    "protonmail_signature_block-user",
    "protonmail_signature_block-proton",
    "signature",
    "x_signature",
    "ms-outlook-mobile-signature",
    "x_ms-outlook-mobile-signature",
    "ms-outlook-ios-signature",
    "mobile-signature",
    "zmail_signature",
    "tutanota_signature",
    "mobileaddinsignature",
];

/// What mail programs say about an element.
pub(super) fn mark(name: &str, attributes: &[(String, String)]) -> Mark {
    let value = |wanted: &str| attributes.iter().find(|(n, _)| n == wanted).map(|(_, v)| v.as_str());
    let style = value("style").unwrap_or_default().to_ascii_lowercase().replace(char::is_whitespace, "");
    if style.contains("display:none") || style.contains("visibility:hidden") || value("hidden").is_some() {
        return Mark::Hidden;
    }
    if matches!(name, "head" | "noscript" | "template" | "svg" | "math" | "object" | "select") {
        return Mark::Hidden;
    }
    let classes: Vec<String> =
        value("class").unwrap_or_default().split_whitespace().take(20).map(str::to_ascii_lowercase).collect();
    let has_class = |list: &[&str]| classes.iter().any(|c| list.contains(&c.as_str()));
    let id = value("id").or_else(|| value("name")).unwrap_or_default().to_ascii_lowercase();
    if REST_IDS.contains(&id.as_str()) {
        return Mark::QuotesRest;
    }
    if has_class(SIGNATURES) || SIGNATURES.contains(&id.as_str()) {
        return Mark::Signature;
    }
    match value("data-marker") {
        Some("__QUOTED_TEXT__" | "__HEADERS__") => return Mark::Quote,
        Some("__SIG_PRE__" | "__SIG_POST__") => return Mark::Signature,
        _ => {}
    }
    if has_class(QUOTE_CLASSES)
        || QUOTE_IDS.contains(&id.as_str())
        || classes.iter().any(|c| c == "messagereplysection")
        || id.starts_with("yahoo_quoted")
    {
        return Mark::Quote;
    }
    let is_gmail = has_class(&["gmail_quote"]);
    match name {
        "blockquote" if is_gmail || value("type") == Some("cite") || value("cite").is_some() => Mark::Quote,
        "div" if is_gmail => Mark::GmailBlock,
        // A bare blockquote is a quote, unless a web mail used it to indent (Gmail writes "border:none").
        "blockquote" if !style.contains("border:none") && !style.contains("border:0") => Mark::Quote,
        _ => Mark::None,
    }
}

/// A `<p>` that programs use for single lines (Outlook's MsoNormal, zero margins).
pub(super) fn is_line_paragraph(attributes: &[(String, String)]) -> bool {
    attributes.iter().any(|(name, value)| {
        let value = value.to_ascii_lowercase();
        (name == "class" && value.contains("msonormal"))
            || (name == "style"
                && value
                    .replace(' ', "")
                    .split(';')
                    .any(|s| matches!(s, "margin:0" | "margin:0px" | "margin:0cm")))
    })
}
