//! Companies: parsed domain names and KvK numbers.

/// A host name with at least two labels, in lower case ASCII (RFC 1035 letters, digits, hyphen).
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DomainName(String);

/// The text is not a domain name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not a domain name")]
pub struct DomainError;

impl DomainName {
    /// Parses a domain as people type it: a scheme, path, port and leading `www.` are dropped, and other letters are written
    /// as the domain name system knows them (RFC 5891: `müller.example` is `xn--mller-kva.example`).
    ///
    /// # Errors
    /// When what is left is not a name of two or more labels.
    pub fn parse(input: &str) -> Result<Self, DomainError> {
        let text = input.trim().to_ascii_lowercase();
        let text = text.split_once("://").map_or(text.as_str(), |(_, rest)| rest);
        let text = text.split(['/', '?', '#', ':']).next().unwrap_or_default();
        let text = text.strip_prefix("www.").unwrap_or(text).trim_end_matches('.');
        if !text.is_ascii() {
            // What comes back is ASCII, so that this goes one step deep.
            return DomainName::parse(&idna::domain_to_ascii(text).map_err(|_| DomainError)?);
        }
        let label_ok = |label: &str| {
            (1..=63).contains(&label.len())
                && !label.starts_with('-')
                && !label.ends_with('-')
                && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let labels = text.split('.').count();
        let last_is_word = text.rsplit('.').next().is_some_and(|l| !l.bytes().all(|b| b.is_ascii_digit()));
        if labels < 2 || text.len() > 253 || !text.split('.').all(label_ok) || !last_is_word {
            return Err(DomainError);
        }
        Ok(Self(text.to_owned()))
    }

    pub(crate) fn from_checked(text: &str) -> Self {
        Self(text.to_owned())
    }

    /// The name in lower case.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The part that somebody registers (`klant.co.uk` of `mail.klant.co.uk`), by the public suffix list.
    pub fn registrable(&self) -> DomainName {
        psl::domain_str(&self.0).map_or_else(|| self.clone(), |d| DomainName(d.to_owned()))
    }

    /// Whether everybody can get an address here (gmail, ziggo, ...), so that it says nothing about a company.
    pub fn is_free_mail(&self) -> bool {
        let brand = self.0.split('.').next().unwrap_or_default();
        FREE_MAIL.contains(&self.0.as_str())
            || (self.0.matches('.').count() == 1 && FREE_MAIL_BRANDS.contains(&brand))
    }

    /// Whether the sites of many companies live under this domain (builders of sites, social networks), so that it says
    /// nothing about one of them. Hosts that give each customer a name on the public suffix list need no place here.
    pub fn is_platform(&self) -> bool {
        PLATFORMS.contains(&self.0.as_str())
    }
}

impl std::fmt::Display for DomainName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

/// Free-mail and access providers seen with Dutch, Belgian, German, Austrian, French, British, Irish, Spanish and Italian
/// business contacts.
const FREE_MAIL: &[&str] = &[
    "126.com",
    "12move.be",
    "12move.nl",
    "163.com",
    "9online.fr",
    "a1.net",
    "abv.bg",
    "aim.com",
    "alice-dsl.net",
    "alice.it",
    "aliceadsl.fr",
    "aol.co.uk",
    "aol.com",
    "aol.de",
    "aol.fr",
    "aol.nl",
    "aon.at",
    "arcor.de",
    "arcormail.de",
    "att.net",
    "bbox.fr",
    "belgacom.net",
    "bellsouth.net",
    "bk.ru",
    "bluemail.ch",
    "bluewin.ch",
    "blueyonder.co.uk",
    "brutele.be",
    "btinternet.com",
    "btopenworld.com",
    "caiway.nl",
    "caramail.com",
    "caramail.fr",
    "casema.net",
    "casema.nl",
    "cegetel.net",
    "charter.net",
    "chello.at",
    "chello.be",
    "chello.fr",
    "chello.nl",
    "club-internet.fr",
    "comcast.net",
    "compuserve.com",
    "compuserve.de",
    "consultant.com",
    "cox.net",
    "dds.nl",
    "demon.nl",
    "disroot.org",
    "dr.com",
    "duck.com",
    "earthlink.net",
    "edpnet.be",
    "eircom.net",
    "email.com",
    "email.de",
    "email.it",
    "emailn.de",
    "engineer.com",
    "epost.de",
    "euronet.nl",
    "europe.com",
    "euskaltel.net",
    "ewe.net",
    "ewetel.net",
    "fastmail.com",
    "fastmail.fm",
    "fastwebnet.it",
    "filternet.nl",
    "firemail.de",
    "foxmail.com",
    "free.fr",
    "freeler.nl",
    "freemail.nl",
    "freenet.de",
    "freeserve.co.uk",
    "fsmail.net",
    "glazenkamp.net",
    "gmx-topmail.de",
    "hanse.net",
    "hccnet.nl",
    "hetnet.nl",
    "hey.com",
    "hispeed.ch",
    "home.nl",
    "hotmail.co.uk",
    "htp-tel.de",
    "hushmail.com",
    "iae.nl",
    "inbox.ru",
    "indigo.ie",
    "inode.at",
    "interia.pl",
    "internet.lu",
    "inwind.it",
    "iol.ie",
    "iol.it",
    "juno.com",
    "kabelfoon.net",
    "kabelfoon.nl",
    "kabelmail.de",
    "kabsi.at",
    "keemail.me",
    "kielnet.net",
    "kpnplanet.nl",
    "laposte.net",
    "libero.it",
    "lijbrandt.nl",
    "lineone.net",
    "list.ru",
    "live.at",
    "live.be",
    "live.co.uk",
    "live.com",
    "live.de",
    "live.dk",
    "live.fr",
    "live.ie",
    "live.it",
    "live.nl",
    "live.no",
    "live.se",
    "liwest.at",
    "lycos.nl",
    "mac.com",
    "mail.com",
    "mail.de",
    "mail.ru",
    "mailbox.org",
    "mailfence.com",
    "me.com",
    "mnet-mail.de",
    "mnet-online.de",
    "mozmail.com",
    "msn.com",
    "multiweb.nl",
    "mxstream.nl",
    "naver.com",
    "netcologne.de",
    "neuf.fr",
    "nexgo.de",
    "noos.fr",
    "ntlworld.com",
    "numericable.com",
    "numericable.fr",
    "o2.pl",
    "o2mail.de",
    "o2online.de",
    "oceanfree.net",
    "onet.pl",
    "online.de",
    "online.nl",
    "ono.com",
    "onsbrabantnet.nl",
    "op.pl",
    "orange.fr",
    "orange.nl",
    "osnanet.de",
    "otenet.gr",
    "pandora.be",
    "planet.nl",
    "plus.com",
    "plusnet.com",
    "pm.me",
    "post.com",
    "posteo.de",
    "proton.me",
    "proximus.be",
    "pt.lu",
    "qq.com",
    "quicknet.nl",
    "rambler.ru",
    "riseup.net",
    "rocketmail.com",
    "runbox.com",
    "sapo.pt",
    "sbcglobal.net",
    "scarlet.be",
    "scarlet.nl",
    "seznam.cz",
    "sfr.fr",
    "sina.com",
    "sky.com",
    "skynet.be",
    "solcon.nl",
    "speedxs.nl",
    "startmail.com",
    "supanet.com",
    "superkabel.de",
    "swbmail.de",
    "swissonline.ch",
    "t-online.de",
    "talk21.com",
    "talktalk.net",
    "tele2.nl",
    "telefonica.net",
    "telenet.be",
    "teletu.it",
    "telfort.nl",
    "terra.com",
    "terra.es",
    "tim.it",
    "tin.it",
    "tiscali.co.uk",
    "tuta.com",
    "tuta.io",
    "tutamail.com",
    "tvcablenet.be",
    "unity-mail.de",
    "unitybox.de",
    "upcmail.nl",
    "usa.com",
    "utanet.at",
    "verizon.net",
    "versanet.de",
    "versatel.nl",
    "versateladsl.be",
    "virgilio.it",
    "virgin.net",
    "virginmedia.com",
    "vo.lu",
    "vodafone.de",
    "vodafonemail.de",
    "vodafonethuis.nl",
    "vodafonevast.nl",
    "voila.fr",
    "voo.be",
    "wanadoo.be",
    "wanadoo.es",
    "wanadoo.fr",
    "wanadoo.nl",
    "web.de",
    "windowslive.com",
    "wish.nl",
    "wp.pl",
    "wxs.nl",
    "xmsnet.nl",
    "xs4all.nl",
    "ya.com",
    "ya.ru",
    "yahoo.co.uk",
    "yeah.net",
    "ymail.com",
    "zeelandnet.nl",
    "zoho.com",
    "zoho.eu",
    "zohomail.com",
    "zohomail.eu",
    "zonnet.nl",
];

/// Free mail under any ending: hotmail.it, outlook.ie, gmail.example.
const FREE_MAIL_BRANDS: &[&str] = &[
    "gmail",
    "googlemail",
    "hotmail",
    "outlook",
    "yahoo",
    "icloud",
    "protonmail",
    "ziggo",
    "kpnmail",
    "gmx",
    "tiscali",
    "yandex",
    "tutanota",
];

/// Domains under which many companies have their site.
const PLATFORMS: &[&str] = &[
    "2dehands.be",
    "2ememain.be",
    "about.me",
    "airbnb.com",
    "airbnb.nl",
    "allmylinks.com",
    "amazon.co.uk",
    "amazon.com",
    "amazon.de",
    "amazon.fr",
    "amazon.nl",
    "angelfire.com",
    "autoscout24.be",
    "autoscout24.de",
    "autoscout24.nl",
    "autotrack.nl",
    "autotrader.co.uk",
    "autotrader.nl",
    "bark.com",
    "beacons.ai",
    "bedrijvenpagina.nl",
    "beepworld.de",
    "behance.net",
    "bigcartel.com",
    "bio.link",
    "bit.ly",
    "bobex.be",
    "bol.com",
    "booking.com",
    "booksy.com",
    "bsky.app",
    "business.site",
    "calendly.com",
    "campsite.bio",
    "checkatrade.com",
    "cmonsite.fr",
    "crunchbase.com",
    "cylex.be",
    "cylex.de",
    "cylex.nl",
    "dasoertliche.de",
    "deliveroo.be",
    "deliveroo.co.uk",
    "deliveroo.fr",
    "detelefoongids.nl",
    "doctolib.de",
    "doctolib.fr",
    "drimble.nl",
    "e-monsite.com",
    "ebay.co.uk",
    "ebay.com",
    "ebay.de",
    "ebay.nl",
    "ecwid.com",
    "etsy.com",
    "eventbrite.com",
    "eventbrite.nl",
    "facebook.com",
    "fb.com",
    "fb.me",
    "flickr.com",
    "fresha.com",
    "funda.nl",
    "g.page",
    "gaspedaal.nl",
    "gelbeseiten.de",
    "glassdoor.com",
    "glassdoor.nl",
    "godaddysites.com",
    "gofundme.com",
    "goo.gl",
    "google.be",
    "google.co.uk",
    "google.com",
    "google.de",
    "google.fr",
    "google.nl",
    "goudengids.be",
    "goudengids.nl",
    "gumtree.com",
    "herold.at",
    "homedeal.nl",
    "houzz.com",
    "houzz.nl",
    "hpage.com",
    "immobilienscout24.de",
    "immoscout24.de",
    "immoweb.be",
    "indeed.com",
    "indeed.nl",
    "infobel.com",
    "instagr.am",
    "instagram.com",
    "jameda.de",
    "jimdo.com",
    "jimdofree.com",
    "jimdosite.com",
    "jouwweb.be",
    "jouwweb.nl",
    "just-eat.co.uk",
    "kleinanzeigen.de",
    "kununu.com",
    "kvk.nl",
    "leboncoin.fr",
    "lieferando.at",
    "lieferando.de",
    "linkedin.com",
    "linkin.bio",
    "linktr.ee",
    "lnk.bio",
    "lnkd.in",
    "m.me",
    "mailchi.mp",
    "marktplaats.nl",
    "medium.com",
    "meetup.com",
    "messenger.com",
    "mijnwebwinkel.be",
    "mijnwebwinkel.nl",
    "milkshake.app",
    "mobile.de",
    "monsterboard.nl",
    "mozello.com",
    "mybuilder.com",
    "myonlinestore.com",
    "myonlinestore.eu",
    "mystrikingly.com",
    "nationalevacaturebank.nl",
    "nextdoor.com",
    "northdata.de",
    "one.com",
    "oozo.nl",
    "opencorporates.com",
    "opendi.nl",
    "openingstijden.nl",
    "over-blog.com",
    "page4.com",
    "pagesdor.be",
    "pagesjaunes.fr",
    "paginasamarillas.es",
    "paginegialle.it",
    "pararius.nl",
    "patreon.com",
    "pinterest.com",
    "pinterest.de",
    "pinterest.fr",
    "pinterest.nl",
    "provenexpert.com",
    "ratedpeople.com",
    "reddit.com",
    "rightmove.co.uk",
    "salonized.com",
    "shopify.com",
    "signal.me",
    "simplesite.com",
    "site123.me",
    "snapchat.com",
    "societe.com",
    "solo.to",
    "solvari.nl",
    "soundcloud.com",
    "squarespace.com",
    "strikingly.com",
    "substack.com",
    "t.me",
    "taplink.cc",
    "telefoonboek.be",
    "telefoonboek.nl",
    "telegram.me",
    "thefork.com",
    "thefork.nl",
    "threads.com",
    "threads.net",
    "thuisbezorgd.nl",
    "tiktok.com",
    "tinyurl.com",
    "treatwell.nl",
    "tripadvisor.at",
    "tripadvisor.be",
    "tripadvisor.co.uk",
    "tripadvisor.com",
    "tripadvisor.de",
    "tripadvisor.es",
    "tripadvisor.fr",
    "tripadvisor.ie",
    "tripadvisor.it",
    "tripadvisor.nl",
    "tripod.com",
    "trustoo.nl",
    "trustpilot.be",
    "trustpilot.com",
    "trustpilot.nl",
    "tumblr.com",
    "twitter.com",
    "ubereats.com",
    "ucoz.com",
    "vimeo.com",
    "vinted.nl",
    "wa.me",
    "webador.be",
    "webador.co.uk",
    "webador.com",
    "webador.de",
    "webador.fr",
    "webador.nl",
    "webnode.be",
    "webnode.com",
    "webnode.de",
    "webnode.fr",
    "webnode.nl",
    "webnode.page",
    "webs.com",
    "webshopapp.com",
    "weebly.com",
    "werkspot.nl",
    "whatsapp.com",
    "wix.com",
    "wixsite.com",
    "wordpress.com",
    "x.com",
    "xing.com",
    "yell.com",
    "yelp.com",
    "yelp.de",
    "yelp.nl",
    "yolasite.com",
    "youtu.be",
    "youtube.com",
    "yoys.nl",
    "zomato.com",
    "zoopla.co.uk",
    "zorgkaartnederland.nl",
    "zyro.com",
    "zyrosite.com",
];

/// A number in the Dutch company register: eight digits.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct KvkNumber(String);

impl KvkNumber {
    /// Parses a KvK number as people and programs write it: "KvK 12345678", "12345678.0", with the "0000" of the head
    /// office behind it. Excel drops leading zeros, so seven digits get one back.
    pub fn parse(input: &str) -> Option<Self> {
        let text = input.trim();
        let is_named = text.get(..3).is_some_and(|word| word.eq_ignore_ascii_case("kvk"));
        let text = if is_named { text.trim_start_matches(|c: char| !c.is_ascii_digit()) } else { text };
        let is_whole = |digits: &&str| digits.bytes().all(|b| b.is_ascii_digit());
        let text = text.strip_suffix(".0").filter(is_whole).unwrap_or(text);
        let digits: String = text.chars().filter(|c| !matches!(c, ' ' | '.' | '-' | '\u{a0}')).collect();
        let digits = match digits.strip_suffix("0000") {
            Some(number) if digits.len() == 12 => number.to_owned(),
            _ => digits,
        };
        let all_digits = !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit());
        let number = format!("{digits:0>8}");
        (all_digits && (7..=8).contains(&digits.len()) && number != "00000000").then_some(Self(number))
    }

    /// The eight digits.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_read_from_what_people_paste() {
        for (input, expected) in [
            ("https://www.Klant.example/over-ons?x=1", "klant.example"),
            ("klant.example:8080", "klant.example"),
            ("mail.klant.example.", "mail.klant.example"),
            ("https://www.Günther-Glas.example/", "xn--gnther-glas-thb.example"),
            ("BÜCHER.example", "xn--bcher-kva.example"),
            ("例え.example", "xn--r8jz45g.example"),
        ] {
            assert_eq!(DomainName::parse(input).unwrap().as_str(), expected);
        }
        for input in ["", "localhost", "127.0.0.1", "a b.example", "-a.example", "a..example"] {
            assert_eq!(DomainName::parse(input), Err(DomainError), "{input}");
        }
    }

    #[test]
    fn the_registrable_part_follows_the_public_suffix_list() {
        for (input, expected) in [("mail.klant.co.uk", "klant.co.uk"), ("a.b.klant.nl", "klant.nl")] {
            assert_eq!(DomainName::parse(input).unwrap().registrable().as_str(), expected);
        }
    }

    #[test]
    fn an_address_of_a_provider_or_a_page_on_a_platform_says_nothing_about_a_company() {
        let domain = |text: &str| DomainName::parse(text).unwrap();
        for provider in [
            "btinternet.com",
            "online.nl",
            "hccnet.nl",
            "proximus.be",
            "sfr.fr",
            "posteo.de",
            "libero.it",
            "eircom.net",
            "terra.es",
            "aon.at",
            "tiscali.it",
            "yandex.com",
            "gmx.ch",
            "qq.com",
        ] {
            assert!(domain(provider).is_free_mail(), "{provider}");
        }
        for page in [
            "https://bakker.jouwweb.nl",
            "https://g.page/bakker",
            "https://maps.app.goo.gl/x",
            "https://wa.me/31",
            "bit.ly",
            "https://www.tripadvisor.co.uk/Restaurant",
            "https://www.kvk.nl/x",
            "https://bakker.godaddysites.com",
        ] {
            assert!(domain(page).registrable().is_platform(), "{page}");
        }
        for own in ["klant.example", "mail.klant.example", "online.example", "tiscali.klant.example"] {
            assert!(!domain(own).is_free_mail() && !domain(own).is_platform(), "{own}");
        }
    }

    #[test]
    fn the_lists_hold_each_domain_once_as_it_is_asked_for() {
        for list in [FREE_MAIL, PLATFORMS] {
            assert!(list.is_sorted_by(|before, after| before < after), "a list is in order");
            for name in list {
                let parsed = DomainName::parse(name).unwrap();
                assert_eq!(parsed.as_str(), *name);
                assert_eq!(parsed.registrable().as_str(), *name, "only what is registered is looked up");
            }
        }
        for brand in FREE_MAIL_BRANDS {
            let covered = FREE_MAIL.iter().find(|name| {
                name.strip_prefix(brand)
                    .is_some_and(|end| end.starts_with('.') && end.matches('.').count() == 1)
            });
            assert_eq!(covered, None, "stands under {brand} already");
        }
    }

    #[test]
    fn a_kvk_number_that_lost_its_zero_gets_it_back() {
        assert_eq!(KvkNumber::parse("01234567").unwrap().as_str(), "01234567");
        assert_eq!(KvkNumber::parse("1234567").unwrap().as_str(), "01234567");
        assert_eq!(KvkNumber::parse("12.34.56.78").unwrap().as_str(), "12345678");
        for written in [
            "KvK 12345678",
            "KVK: 12345678",
            "kvk-nr. 12345678",
            "12345678.0",
            "12345678 0000",
            "12345678\u{a0}",
        ] {
            assert_eq!(KvkNumber::parse(written).unwrap().as_str(), "12345678", "{written}");
        }
        assert_eq!(KvkNumber::parse("1234567.0").unwrap().as_str(), "01234567", "not 12345670");
        for bad in ["", "123456", "123456789", "1234567a", "00000000", "BTW 12345678", "KvK"] {
            assert_eq!(KvkNumber::parse(bad), None, "{bad}");
        }
    }
}
