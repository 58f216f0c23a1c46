//! A web page as a plain model: what a reader sees, in the order in which it stands there.

/// A page without its mark-up. Everything in it comes from strangers and was bounded by who made it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Page {
    /// Where it was read, after redirects.
    pub url: String,
    /// Text of `<title>`.
    pub title: String,
    /// The language that the page says of itself (`<html lang>`), as written.
    pub language: Option<String>,
    /// `<meta name|property content>`.
    pub metas: Vec<Meta>,
    /// What can be read, in reading order.
    pub blocks: Vec<Block>,
    /// JSON-LD nodes, flattened.
    pub things: Vec<Thing>,
    /// Addresses of scripts, style sheets and frames.
    pub sources: Vec<String>,
    /// Response headers, names in lower case; of cookies only the names.
    pub headers: Vec<(String, String)>,
}

/// One `<meta>`: name in lower case, and content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Meta {
    /// `name` or `property`.
    pub name: String,
    /// `content`.
    pub content: String,
}

/// What a block is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BlockKind {
    /// A heading of any level.
    Heading,
    /// Anything else: paragraph, list item, cell.
    Text,
    /// Text in the navigation of the page.
    Navigation,
}

/// A run of text between two breaks of the page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What it is.
    pub kind: BlockKind,
    /// Its text, blanks brought together.
    pub text: String,
    /// The links in it.
    pub links: Vec<Link>,
}

/// A link: absolute address (also `mailto:` and `tel:`) and its words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// Absolute address.
    pub url: String,
    /// The words that are clicked.
    pub text: String,
}

/// A node of JSON-LD (schema.org): its types, and its values under dotted names such as `address.postalCode`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Thing {
    /// `@type`, without the address of the vocabulary.
    pub types: Vec<String>,
    /// Dotted name and value; a name stands here more than once when it has several values.
    pub values: Vec<(String, String)>,
}

impl Page {
    /// The content of the first meta with this name, when it says something.
    pub fn meta(&self, name: &str) -> Option<&str> {
        self.metas.iter().find(|m| m.name == name).map(|m| m.content.trim()).filter(|c| !c.is_empty())
    }

    /// All links of the page.
    pub fn links(&self) -> impl Iterator<Item = &Link> {
        self.blocks.iter().flat_map(|block| &block.links)
    }
}

impl Thing {
    /// The first value under a name.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.values.iter().find(|(n, _)| n == name).map(|(_, v)| v.trim()).filter(|v| !v.is_empty())
    }

    /// Whether it is of one of these types.
    pub fn is_a(&self, types: &[&str]) -> bool {
        self.types.iter().any(|t| types.contains(&t.as_str()))
    }
}
