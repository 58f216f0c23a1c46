//! What the invented people write, and what our demonstration company sends them.

/// Subject and text of the first mail.
pub const FIRST_MAIL: (&str, &str) = (
    "Planning bij {{ company.name }}",
    "Dag {{ contact.first_name | fallback(\"daar\") }},\n\n\
     Bij bedrijven in {{ company.industry | fallback(\"uw branche\") }} rond {{ company.city | fallback(\"uw regio\") }} zie ik vaak dat de \
     planning nog in losse lijsten staat. Bij een vergelijkbaar bedrijf scheelde één gedeeld overzicht zes uur per week:\n\
     {{ link(\"https://www.voorbeeld.example/cases/metaalbedrijf-zes-uur-per-week\") }}\n\n\
     Speelt dat bij jullie ook?",
);

/// Text of the second mail, in the same thread.
pub const SECOND_MAIL: &str = "Dag {{ contact.first_name | fallback(\"daar\") }},\n\n\
     Ik schreef je vorige week over de planning. Als het handig is laat ik je in een kwartier zien hoe het werkt{% if sender.booking_url is defined %}; \
     kies gerust zelf een moment: {{ sender.booking_url }}{% endif %}.\n\nWat houdt jullie op dit moment het meest bezig in de planning?";

/// Text of the third mail.
pub const THIRD_MAIL: &str = "Dag {{ contact.first_name | fallback(\"daar\") }},\n\n\
     Laatste bericht van mij hierover. Mocht planning later gaan spelen: je vindt voorbeelden op \
     {{ link(\"https://www.voorbeeld.example/klantverhalen\") }}.\n\nSucces met de drukke maanden!";

/// What comes back to a mail: how often (in a thousand mails), and in which words.
pub const REPLIES: &[(usize, &[&str])] = &[
    // Interest and questions.
    (
        9,
        &[
            "Dag,\n\nKlinkt interessant. Kun je me wat meer informatie sturen?\n\nGroet",
            "Goed verhaal, hier lopen wij ook tegenaan. Stuur maar wat door.",
            "Interessant! Ik ben wel benieuwd hoe dat er in de praktijk uitziet.",
        ],
    ),
    (
        8,
        &[
            "Werkt dit ook samen met AFAS? Wij hebben daar al onze uren in staan.",
            "Hoe lang duurt zo'n invoering meestal bij een bedrijf van onze omvang?",
            "Is dit ook geschikt voor meerdere vestigingen?",
        ],
    ),
    (
        4,
        &[
            "Wat kost dit ongeveer voor zo'n 30 gebruikers?",
            "Kun je hier een offerte voor maken? Het gaat om twee vestigingen.",
        ],
    ),
    (
        4,
        &[
            "Laten we even bellen. Donderdagmiddag kan ik na 14:00.",
            "Prima, plan maar een kennismaking in. Dinsdagochtend past goed.",
        ],
    ),
    (
        3,
        &["Interessant, maar niet dit jaar. Kom er in het voorjaar nog eens op terug, dan hebben we budget."],
    ),
    // Not now, no, others.
    (
        7,
        &[
            "Nu even niet, we zitten midden in een verhuizing. Misschien in maart.",
            "Komt op dit moment niet uit, te druk. Probeer het na de zomer nog eens.",
        ],
    ),
    (
        12,
        &[
            "Bedankt voor je bericht, maar we hebben hier geen interesse in.",
            "Nee dank je, past niet bij ons.",
            "Geen behoefte aan, bedankt.",
        ],
    ),
    (5, &["Wij werken al jaren met een andere partij en zijn daar tevreden over."]),
    (4, &["Hier ga ik niet over. Je kunt het beste mijn collega Petra de Wit van inkoop benaderen."]),
    (3, &["Ik ben niet de juiste persoon hiervoor."]),
    (4, &["Graag uitschrijven, ik wil geen mails meer ontvangen.", "Haal me van deze lijst af aub."]),
    (2, &["Hoe komt u aan mijn gegevens?"]),
    (3, &["Misschien. Moet ik intern even navragen."]),
];

/// An absence notice; `{date}` is the day of return.
pub const ABSENCE: &str = "Bedankt voor uw bericht. Ik ben afwezig tot en met {date} en lees mijn mail niet. \
     Voor dringende zaken kunt u bellen met 020-5550123.";

/// What sales answers to a new prospect.
pub const ANSWER: &str = "Dag,\n\nDank voor je reactie! Ik stuur je vandaag nog een kort overzicht, en bel je morgen even om te horen \
     wat er speelt.\n\nGroet,\nSanne";
