//! Words that many companies have in their name whatever a file says: a list of fifty companies cannot tell that "bouw" is
//! a trade and "jansen" half a telephone book.

/// As [`super::name_words`] writes them (the Dutch ij is a y), in order.
#[rustfmt::skip]
const COMMON: &[&str] = &[
    "accountants", "administratie", "administratiekantoor", "advies", "adviseurs", "advocaten", "agrarisch",
    "apotheek", "architecten", "audio", "auto", "autobedryf", "automatisering", "autos", "bakker", "bakkery",
    "banden", "basisschool", "bedryf", "berg", "betontechniek", "beveiliging", "bloemen", "boer", "bos", "bosch",
    "bouw", "bouwbedryf", "bouwservice", "brouwer", "cafe", "catering", "centrum", "coaching", "communicatie",
    "constructie", "consultancy", "consulting", "dakbedekking", "dam", "de", "dekker", "den", "der", "design",
    "detachering", "diensten", "douane", "dyk", "dykstra", "elektro", "elektrotechniek", "energie", "engineering",
    "evenementen", "export", "facilitair", "fietsen", "film", "fotografie", "fysiotherapie", "garage", "gebroeders",
    "glas", "graaf", "groen", "groenvoorziening", "groot", "groothandel", "handel", "hendriks", "het", "heuvel",
    "horeca", "hotel", "houthandel", "hoveniers", "huisartsenpraktyk", "import", "infra", "ingenieurs", "installatie",
    "installatiebedryf", "installatietechniek", "interieur", "interieurbouw", "international", "jacobs", "jansen",
    "janssen", "jong", "juridisch", "kapper", "kappers", "kapsalon", "keukens", "klussen", "kok", "koster", "kramer",
    "kunststoffen", "leasing", "leeuwen", "linden", "logistiek", "loodgieters", "loodgietersbedryf", "machinebouw",
    "makelaardy", "makelaars", "marketing", "media", "medisch", "meer", "metaal", "metaalbewerking", "meubelen",
    "meyer", "mode", "mulder", "nederland", "notariaat", "onderhoud", "opleidingen", "optiek", "peters", "post",
    "praktyk", "prins", "productions", "projecten", "reclame", "recruitment", "recycling", "restaurant", "retail",
    "rysschool", "salon", "schilderbedryf", "schilders", "schildersbedryf", "schilderwerken", "scholten", "school",
    "schoonmaak", "security", "service", "services", "slagery", "smit", "smits", "software", "solutions", "studio",
    "stukadoors", "tandartspraktyk", "tandheelkunde", "taxi", "techniek", "technische", "thuiszorg", "timmerbedryf",
    "timmerwerken", "training", "transport", "tuinen", "uitzendbureau", "van", "veen", "vermeulen", "verzekeringen",
    "vis", "visser", "vliet", "vloeren", "vos", "vries", "webdesign", "wit", "zonen", "zorg",
];

/// Whether many companies have this word in their name, in any list of them.
pub(super) fn is_common_anywhere(word: &str) -> bool {
    COMMON.binary_search(&word).is_ok()
}

#[cfg(test)]
mod tests {
    use super::super::name_words;
    use super::*;

    #[test]
    fn words_are_written_as_names_are_and_in_order() {
        assert!(COMMON.is_sorted(), "they are looked up by halving");
        for word in COMMON {
            let written = name_words(&format!("naam {word}")).0;
            assert_eq!(written, format!("naam {word}"));
        }
    }
}
