//! The package's texts: how it was made, what it may be used for.

use super::Recipient;
use crate::figures::Figures;
use crate::source::Source;

pub(super) fn readme(source: &Source, recipient: &Recipient) -> String {
    let agreement = if recipient.ad_rows && !recipient.agreement.is_empty() {
        format!("Rows of ads are given under the agreement \"{}\".", recipient.agreement)
    } else {
        "It holds counts and coarsened rows; rows of ads are given under a named agreement only.".to_owned()
    };
    format!(
        "# {}\n\n{} to {}, for {} ({}). As known at {}.\n\n{agreement}\n\n\
         - `datapackage.json`: what each table and column is (Frictionless data package). `data/dictionary.csv`, `data/codebook.csv`: the same to read, Danish and English.\n\
         - `data/*.csv`, `parquet/*.parquet`: the same tables in two forms.\n\
         - `METHODS.da.md`, `METHODS.en.md`: how figures were made, what they assume, what they cannot say.\n\
         - `reidentification.json`: how many rows are alike at least, what was coarsened, left out and withheld.\n\
         - `manifest.json`: versions of everything that made it. `catalogue/`, `configuration/`: the rules themselves.\n\
         - `SHA256SUMS`: checksums; `bavn export verify DIR` checks them, and the package against its source as long as that is kept.\n\n\
         Nothing in it can be imported into bavn (databeskyttelsesloven § 10, 2). Do not try to find out who a row is about.\n",
        source.made_of.programme_title.en, source.from, source.to, recipient.organisation, recipient.name, source.as_of
    )
}

pub(super) fn methods_en(source: &Source, figures: &Figures) -> String {
    format!(
        "# Methods\n\n\
         ## What is counted\n\
         An **ad** is one listing on one site. An **advertiser** is the ads that one desk operates: joined by a contact that is not shared by unrelated ads, or by a change of contact that enough other evidence or a person accepts. It may be several persons, and one person may be several advertisers where nothing ties her ads. A **network** joins advertisers by accepted links. Counted are advertisers with at least one ad seen in the period ({from} to {to}), as known at {as_of}, by the analysis as of {analysed}. {waiting} ads of the period had not been analysed and are left out.\n\n\
         An advertiser's place, language and form are those of most of its ads, weighted by days. The form is told from the site's own category and from words of the ad; where neither says, it is 'unclear'. A band says how many signs from the catalogue point the same way. It does not say that somebody is a victim.\n\n\
         ## How many there are\n\
         Between sites: two sites by Chapman's estimate with Sadinle's interval; three to six by log-linear models of every set of pairs (beyond four sites added one by one), weighed by Akaike's criterion. Assumed: nobody comes or goes within the period, the same are recognised on each site, all are equally easy to meet on a site. Where visibility differs or sites go together, the estimate is too low; where sites exclude each other or the same are not recognised, too high. Over days: Chao's lower bound; it holds where visibility differs.\n\n\
         ## Intervals\n\
         95 %. Shares: Wilson. Shares by inclusion probability: Hájek's ratio with Wilson's interval at the effective number. Nothing seen in n: the exact bound, about 3/n. Lifetimes: Kaplan and Meier over ads that began in the period.\n\n\
         ## Methods of outreach, cost, indicators\n\
         `outreach_methods` goes by the method of the first attempt, which a worker chose. `outreach_compared` holds people for whom either of two methods could have been drawn by lot, by the method that was drawn (whoever was not approached counts as no), with Newcombe's interval of the difference. `resources`: minutes noted, for each worker on the attempt, at the programme's rates; attempts without minutes are not in the hours, so that cost is the least that it was. `validation`: precision is the weighted share of yes where an indicator had fired; ratios are likelihood ratios (Simel 1991) at a level that holds for all indicators of the table together (Bonferroni), given where each stratum has 30 answers. Against outcomes, yes is an accepted offer and no any other answer, weighted by the inverse of the inclusion probability; those who did not answer are not in it (`validation_strata`). Against decisions, yes is that something should follow and no is no concern, weighted by the share of each band that was decided, bands with fewer than 30 joined; who decides has seen the signs. `validation_proposals` are for a person to decide.\n\n\
         ## What is withheld\n\
         A count of 1 to {below} advertisers, and as many other counts as it takes so that none of these follows from what is shown, decided once for all tables of counts, and against what was released before. Municipalities and languages with fewer than 20 advertisers are merged. Rows of advertisers and networks are coarsened until at least {least} are alike in every column that could be known from elsewhere.\n\n\
         ## What it cannot say\n\
         It counts ads that were read, not people who sell sex and not victims. Gaps in coverage (table `coverage`) look like fewer ads. Outcomes are what outreach workers recorded; whoever was not approached or did not answer may differ from whoever did. Band and outreach hang together by design: comparing outcomes by band says little without the random stratum.\n",
        from = source.from,
        to = source.to,
        as_of = source.as_of,
        analysed = source.made_of.analysed_as_of,
        waiting = source.made_of.not_analysed,
        least = figures.cube.least(),
        below = figures.cube.least() - 1,
    )
}

pub(super) fn methods_da(source: &Source, figures: &Figures) -> String {
    format!(
        "# Metoder\n\n\
         ## Hvad der tælles\n\
         En **annonce** er ét opslag på én side. En **annoncør** er de annoncer, som ét bord styrer: bundet sammen af et kontaktpunkt, der ikke deles af annoncer uden forbindelse, eller af et skift af kontaktpunkt, som nok andre belæg eller et menneske godtager. Det kan være flere personer, og én person kan være flere annoncører, hvor intet binder hendes annoncer sammen. Et **netværk** samler annoncører ved godtagne forbindelser. Der tælles annoncører med mindst én annonce set i perioden ({from} til {to}), som kendt {as_of}, efter analysen pr. {analysed}. {waiting} annoncer i perioden var ikke analyseret og er udeladt.\n\n\
         En annoncørs sted, sprog og form er det, de fleste af dens annoncer har, vægtet efter dage. Formen læses af sidens egen kategori og af annoncens ord; hvor ingen af dem siger noget, er den 'uklar'. Et bånd siger, hvor mange tegn fra kataloget der peger samme vej. Det siger ikke, at nogen er offer.\n\n\
         ## Hvor mange der er\n\
         Mellem sider: to sider ved Chapmans skøn med Sadinles interval; tre til seks ved loglineære modeller med alle sæt af par (over fire sider tilføjet ét ad gangen), vejet efter Akaikes kriterium. Forudsat: ingen kommer til eller forsvinder i perioden, de samme genkendes på hver side, og alle er lige lette at møde på en side. Er synligheden ulige, eller følges sider ad, er skønnet for lavt; udelukker sider hinanden, eller genkendes de samme ikke, er det for højt. Over dage: Chaos nedre grænse; den holder også ved ulige synlighed.\n\n\
         ## Intervaller\n\
         95 %. Andele: Wilson. Andele efter udtræksandsynlighed: Hájeks forhold med Wilsons interval ved det effektive antal. Intet set i n: den eksakte grænse, omkring 3/n. Levetider: Kaplan og Meier over annoncer, der begyndte i perioden.\n\n\
         ## Metoder, udgift, indikatorer\n\
         `outreach_methods` går efter det første forsøgs metode, som en medarbejder valgte. `outreach_compared` har de personer, som lodtrækningen kunne give begge af to metoder, efter den metode, der blev trukket (den, som ingen søgte, tæller som nej), med Newcombes interval for forskellen. `resources`: noterede minutter for hver medarbejder på forsøget, til programmets takster; forsøg uden minutter er ikke i timerne, så udgiften er den mindste, det kan have været. `validation`: præcision er den vejede andel af ja, hvor en indikator var udløst; forhold er sandsynlighedsforhold (Simel 1991) på et niveau, der gælder samlet for alle tabellens indikatorer (Bonferroni), hvor hvert udtræk har 30 svar. Mod udfald er ja et tilbud, der blev taget imod, og nej ethvert andet svar, vejet med det omvendte af udtræksandsynligheden; de, der ikke svarede, indgår ikke (`validation_strata`). Mod beslutninger er ja, at noget skal ske, og nej er ingen bekymring, vejet med den andel af hvert bånd, der er afgjort, bånd med færre end 30 slået sammen; den, der afgør, har set tegnene. `validation_proposals` afgøres af et menneske.\n\n\
         ## Hvad der holdes tilbage\n\
         Et antal på 1 til {below} annoncører og så mange andre antal, som der skal til, for at intet af dem følger af det viste; afgjort én gang for alle tabeller over antal og mod det, der tidligere er udgivet. Kommuner og sprog med færre end 20 annoncører er lagt sammen. Rækker om annoncører og netværk er gjort grove, til mindst {least} er ens i alle kolonner, der kunne kendes andetsteds fra.\n\n\
         ## Hvad den ikke kan sige\n\
         Den tæller annoncer, der blev læst, ikke mennesker, der sælger sex, og ikke ofre. Huller i dækningen (tabellen `coverage`) ligner færre annoncer. Udfald er, hvad opsøgende medarbejdere skrev; de, der ikke blev søgt eller ikke svarede, kan være anderledes end dem, der gjorde. Bånd og opsøgning hænger sammen af sig selv: udfald efter bånd siger lidt uden det tilfældige udtræk.\n",
        from = source.from,
        to = source.to,
        as_of = source.as_of,
        analysed = source.made_of.analysed_as_of,
        waiting = source.made_of.not_analysed,
        least = figures.cube.least(),
        below = figures.cube.least() - 1,
    )
}
