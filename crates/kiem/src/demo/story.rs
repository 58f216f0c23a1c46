//! The whole story, played through the public API and the practice mailbox with the real code, and told as JSON: leads
//! become prospects by each rule, one becomes a customer, and everything that must not make a prospect does not.

mod acts;
mod told;

use jiff::{SignedDuration, Timestamp};
use serde_json::{Value, json};

use super::history::{SITE, mail, wait};
use super::lead::visit_page;
use super::player::{Player, text};
use acts::mail_to;

/// The people of the story: address, name, company. The last row cannot be read, on purpose.
const LIST: &str = "Bedrijfsnaam;Website;Land;Plaats;Branche;Voornaam;Tussenvoegsel;Achternaam;Functie;E-mailadres\r\n\
    Bakkerij Klant B.V.;klant.example;Nederland;Goes;Voeding;Eva;van der;Meer;Directeur;eva@klant.example\r\n\
    Bakkerij Klant B.V.;klant.example;Nederland;Goes;Voeding;Ward;;Prins;Inkoper;ward@klant.example\r\n\
    Metaal Delta BV;delta.example;Nederland;Breda;Metaal;Bas;;Peters;Bedrijfsleider;bas@delta.example\r\n\
    Transport Polder;polder.example;Nederland;Almere;Logistiek;Noor;;Bos;Planner;noor@polder.example\r\n\
    Bouw Westland;westland.example;Nederland;Den Haag;Bouw;Kees;de;Groot;Directeur;kees@westland.example\r\n\
    Software Horizon;horizon.example;Nederland;Utrecht;ICT;Iris;;Smit;Eigenaar;iris@horizon.example\r\n\
    Zorggroep Linde;linde.example;Nederland;Zwolle;Zorg;Petra;;Vos;Manager;petra@linde.example\r\n\
    Handelshuis Kompas;kompas.example;Nederland;Venlo;Groothandel;Tom;ter;Horst;Inkoper;tom@kompas.example\r\n\
    Kwekerij Zonneveld;zonneveld.example;Nederland;Ede;Agri;Lars;;Blom;Eigenaar;lars@zonneveld.example\r\n\
    Advies Rijnmond;rijnmond.example;Nederland;Rotterdam;Advies;Saskia;;Dekker;Partner;saskia@rijnmond.example\r\n\
    Drukkerij Noord;noord.example;Nederland;Groningen;Grafisch;Mieke;;Hoekstra;Directeur;mieke@noord.example\r\n\
    Installatie Zuid;zuid.example;Nederland;Weert;Installatie;Ruben;;Jacobs;Directeur;ruben@zuid.example\r\n\
    Meubelmakerij Eik;eik.example;Nederland;Hoorn;Meubels;Anke;;Visser;Eigenaar;anke@eik.example\r\n\
    Textiel Twente;twente.example;Nederland;Enschede;Textiel;Joost;;Mulder;Controller;joost@twente.example\r\n\
    Verpakking Brabant;brabant.example;Nederland;Tilburg;Verpakking;Wilma;van;Dijk;Planner;wilma@brabant.example\r\n\
    Scheepswerf Maas;maas.example;Nederland;Maasbracht;Scheepsbouw;Henk;;Kuiper;Directeur;henk@maas.example\r\n\
    Groothandel Dommel;dommel.example;Nederland;Eindhoven;Groothandel;Jan;;Kok;Directeur;geen adres\r\n";

/// The first mail: a case study, a page about the product, and the booking page.
const FIRST: &str = "Dag {{ contact.first_name }},\n\n\
    Bij een vergelijkbaar bedrijf scheelde één gedeeld overzicht zes uur per week:\n\
    {{ link(\"https://www.voorbeeld.example/cases/metaalbedrijf-zes-uur-per-week\") }}\n\n\
    Hoe het werkt staat op {{ link(\"https://www.voorbeeld.example/oplossing/planbord\") }}.\n\n\
    Een kwartier meekijken kan ook: {{ sender.booking_url }}\n\nSpeelt dat bij jullie?";
/// The second mail, in the same thread.
const SECOND: &str = "Dag {{ contact.first_name }},\n\n\
    Vorige week schreef ik over de planning. Wat houdt jullie daarin op dit moment het meest bezig?";

/// Plays the story. The engine's clock must be a manual one.
///
/// # Errors
/// When the program refuses something that it should not, or does not refuse what it should.
pub async fn play(player: &mut Player) -> anyhow::Result<Value> {
    player.add_mailbox(200, 0).await?;
    let form = acts::open_surfaces(player).await?;
    let import = player.bring_in("lijst.csv", LIST.as_bytes()).await?;
    let enrolled = approach(player).await?;
    let approved = player.approve_all().await?;
    player.settle().await?;
    player.wait(SignedDuration::from_mins(20)).await?;

    acts::replies(player).await?;
    visit_page(player, mail_to(player, "iris@").await?, "/cases/").await?;
    acts::scan(player, "petra@").await?;
    let booking = acts::book(player, "lars@").await?;
    acts::ask_quote(player, &form).await?;
    visits_on_two_days(player).await?;
    // Each company's own people hear nothing more once one of them is a prospect.
    let sold = acts::sell_to(player, "klant").await?;
    let continued = follow_up(player).await?;
    told::tell(
        player,
        json!({
            "import": import,
            "enrolled": enrolled,
            "approved": approved,
            "booking": booking,
            "sold": sold,
            "continued": continued,
        }),
    )
    .await
}

/// Writes the campaign, starts it and puts everybody in.
async fn approach(player: &Player) -> anyhow::Result<Value> {
    let mailbox = player.mailbox.map(|id| id.to_string());
    let campaign = json!({
        "name": "Planning voor groeiende bedrijven", "language": "nl", "mailbox_id": mailbox,
        "window": { "days": [1, 2, 3, 4, 5], "from": "08:00", "to": "18:00" },
        "steps": [mail(Some("Planning bij {{ company.name }}"), FIRST), wait(6), mail(None, SECOND)],
    });
    let made = player.post("/campaigns", campaign).await?;
    let id = text(&made, "id")?;
    player.post(&format!("/campaigns/{id}/run"), Value::Null).await?;
    let leads: Vec<Value> =
        player.get("/leads?limit=100").await?["items"].as_array().cloned().unwrap_or_default();
    let ids: Vec<Value> = leads.iter().map(|lead| lead["id"].clone()).collect();
    let enrolled = player.post(&format!("/campaigns/{id}/enrolments"), json!({ "leads": ids })).await?;
    player.settle().await?;
    Ok(enrolled)
}

/// Tom reads about the product twice today and once tomorrow.
async fn visits_on_two_days(player: &Player) -> anyhow::Result<()> {
    player.next_lead();
    let mail = mail_to(player, "tom@").await?;
    visit_page(player, mail, "/oplossing/").await?;
    player.wait(SignedDuration::from_hours(3)).await?;
    visit_page(player, mail, "/oplossing/").await?;
    player.wait(SignedDuration::from_hours(20)).await?;
    visit_page(player, mail, "/oplossing/").await?;
    // Soft signals settle for a minute and a half, so that a burst can still show itself as a machine.
    player.wait(SignedDuration::from_mins(5)).await
}

/// Two weeks go by: follow-ups are written, approved and sent. Returns who got one, and when.
async fn follow_up(player: &Player) -> anyhow::Result<Value> {
    let mut sent = Vec::new();
    for _ in 0..14 {
        player.wait(SignedDuration::from_hours(24)).await?;
        let seen = player.engine.now();
        if player.approve_all().await? == 0 {
            continue;
        }
        player.wait(SignedDuration::from_mins(10)).await?;
        for mail in acts::inbox(player).await? {
            if mail.created_at >= seen && mail.subject.starts_with("Re: Planning bij") {
                let on = mail.created_at.strftime("%Y-%m-%d").to_string();
                sent.push(json!({ "to": mail.address, "on": on }));
            }
        }
    }
    Ok(Value::Array(sent))
}

/// The moment at which the story is played: a Tuesday morning, so that sending windows are open.
pub fn beginning() -> Timestamp {
    // 24 November 2026, 10:00 in Amsterdam.
    Timestamp::from_second(1_795_510_800).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// Address of the site of the story, for readers of the JSON.
pub const STORY_SITE: &str = SITE;
