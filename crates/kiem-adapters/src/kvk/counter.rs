//! The counter of a register that tests make up: companies of our own invention, in the shapes that KVK documents.

use serde_json::{Value, json};

use crate::website::forest::Leaf;

/// A key that the made-up register accepts; it does not look whether it comes.
pub const KEY: &str = "l7-sleutel-van-een-test";

/// A limited company that dekt daken, everything known, in its documented shape. Tests change what they need.
pub fn profile(number: &str, name: &str) -> Value {
    json!({
        "kvkNummer": number,
        "indNonMailing": "Nee",
        "naam": name,
        "formeleRegistratiedatum": "19500310",
        "materieleRegistratie": { "datumAanvang": "19500301" },
        "totaalWerkzamePersonen": 24,
        "statutaireNaam": name,
        "handelsnamen": [{ "naam": "Veer Daken", "volgorde": 1 }, { "naam": name, "volgorde": 0 }],
        "sbiActiviteiten": [
            { "sbiCode": "43990", "sbiOmschrijving": "Overige gespecialiseerde bouw", "indHoofdactiviteit": "Nee" },
            { "sbiCode": "43910", "sbiOmschrijving": "Dakdekken en bouwen van dakconstructies", "indHoofdactiviteit": "Ja" },
        ],
        "links": [{ "rel": "self", "href": "https://register.example/v1/basisprofielen" }],
        "_embedded": {
            "hoofdvestiging": {
                "vestigingsnummer": "000012345678",
                "kvkNummer": number,
                "eersteHandelsnaam": name,
                "totaalWerkzamePersonen": 24,
                "adressen": [
                    { "type": "correspondentieadres", "indAfgeschermd": "Nee", "postbusnummer": 12, "postcode": "3500AA", "plaats": "Utrecht" },
                    { "type": "bezoekadres", "indAfgeschermd": "Nee", "straatnaam": "Kerkstraat", "huisnummer": 12,
                      "huisletter": "a", "postcode": "3511AB", "plaats": "Utrecht", "land": "Nederland" },
                ],
                "websites": ["www.veer.example"],
            },
            "eigenaar": {
                "rsin": "001234567",
                "rechtsvorm": "BeslotenVennootschap",
                "uitgebreideRechtsvorm": "Besloten vennootschap met gewone structuur",
                "adressen": [],
                "websites": ["www.veer.example"],
            },
        },
    })
}

/// One result of a search.
pub fn hit(number: &str, name: &str, street: &str, city: &str) -> Value {
    json!({
        "kvkNummer": number,
        "vestigingsnummer": "000012345678",
        "naam": name,
        "adres": { "binnenlandsAdres": { "type": "bezoekadres", "straatnaam": street, "plaats": city } },
        "type": "hoofdvestiging",
        "links": [],
    })
}

/// What a search answers.
pub fn hits(found: &[Value]) -> Leaf {
    answer(&json!({ "pagina": 1, "resultatenPerPagina": 50, "totaal": found.len(), "resultaten": found }))
}

/// 200 with JSON.
pub fn answer(body: &Value) -> Leaf {
    Leaf::with("content-type: application/json\r\n", body.to_string().as_bytes())
}

/// A refusal with the register's own code.
pub fn refusal(status: &str, headers: &str, code: &str) -> Leaf {
    let body = json!({ "fout": [{ "code": code, "omschrijving": "Zie de documentatie." }] }).to_string();
    Leaf::Raw(
        format!(
            "HTTP/1.1 {status}\r\nconnection: close\r\n{headers}content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        )
        .into_bytes(),
    )
}
