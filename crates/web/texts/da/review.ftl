queue-next = Læs næste sag
day-title = Dagen i tal. Tryk på et tal for at se sagerne.
day-mine = afgjort af dig i dag
day-all = afgjort af alle i dag
day-skipped = sprunget over af dig i dag
day-waiting = venter
day-second = venter på en ekstra læser
age = Sagens alder
all-ages = Alle
age-today = Fra i dag
age-week = De sidste 7 dage
age-older-week = Ældre end 7 dage
age-older-month = Ældre end 30 dage
new-evidence = Nyt
new-or-not = Alle
new-only = Kun med nyt siden afgørelsen
views-title = Dine egne visninger
views-none = Vælg det, du vil se, og gem det her med et navn.
view-name = Navn til det, du ser nu
view-save = Gem visningen
view-delete = Slet
view-new = { $n ->
    [0] intet nyt
    [one] { $count } ny
   *[other] { $count } nye
  }
skip = Spring over
unskip = Fortryd: læg den tilbage
care-today = Du har læst { $cases } i { $minutes } i dag. Kun du ser det.
care-pause = Tid til en pause? Du har læst i { $minutes } uden pause, { $cases } i alt. En pause på { $rest } tæller.
count-minutes = { $n ->
    [one] { $count } minut
   *[other] { $count } minutter
  }
count-cases = { $n ->
    [one] { $count } sag
   *[other] { $count } sager
  }
held-why = To læser aldrig den samme sag på samme tid. Sagen bliver fri, når tiden er gået.
held-look = Se sagen uden at afgøre den
held-queue = Til køen
case-to-queue = Til køen
last-case = Se sagen, du kom fra
done-decided-last = Gemt. Der er ikke flere sager i denne kø.
done-skipped = Du har sprunget sagen over. Du læser nu den næste.
done-skipped-last = Du har sprunget sagen over. Der er ikke flere sager i denne kø.
done-unskipped = Sagen er lagt tilbage i din kø.
done-urgent-closed = Hasteforløbet er lukket.
done-none-left = Der er ingen fri sag i denne kø.
done-view-saved = Visningen er gemt.
done-view-deleted = Visningen er slettet.
keys-title = Genveje
keys-hide = Skjul
keys-hidden = Teksten er skjult. Tryk h for at se den igen.
keys-rest = Genvejene hviler, når du skriver, og når du holder Ctrl, Alt eller Cmd.
keys-close = Luk
keys-say-kind = Vælg med et tal, hvad der skal ske.
keys-say-reason = Vælg nu grunden med et tal.
keys-say-save = Enter gemmer. Esc begynder forfra.
key-down = Næste række
key-up = Forrige række
key-open = Åbn rækken
key-next = Læs næste sag
key-decide = Vælg, hvad der skal ske
key-reason = Vælg derefter grunden
key-save = Gem, og gå til næste sag
key-start-over = Begynd valget forfra
key-skip = Spring sagen over
key-back = Tilbage til sagen før
key-undo = Se det, du sidst gjorde; u igen fortryder rækken
key-queue = Til køen
key-words = Vis eller dæk ord om ydelser
key-hide = Skjul al tekst, eller vis den igen
key-search = Søg
key-help = Vis genvejene
menu-second = Ekstra læser
menu-history = Historik
footer-undo = Det, du sidst gjorde
history-title = Hvad der er gjort
history-lead = Hvem, hvornår og hvorfor. Alt kan du fortryde. Intet bliver slettet: det står her, at det er fortrudt.
history-mine = Mine
history-all = Alles
history-none = Her er intet endnu.
history-pager = Mere
second-title = Ekstra læser
second-lead = En del af afgørelserne læses igen af en kollega, der ikke kan se den første afgørelse. Er de to uenige, læser en tredje.
second-share = { $percent } % trækkes ud.
second-waiting = { $n ->
    [0] Ingen sag venter på dig.
    [one] { $count } sag venter på dig.
   *[other] { $count } sager venter på dig.
  }
second-next = Læs en sag som ekstra læser
second-you = Du er ekstra læser. Du kan ikke se den første afgørelse. Sagen er din til kl. { $until }.
second-you-third = Du er tredje læser, fordi de to første er uenige. Du kan ikke se, hvad de valgte. Sagen er din til kl. { $until }.
second-figures = Hvor enige er vi?
second-figures-note = 1 er helt enige, 0 er som ved lodtrækning. Tallene i parentes viser, hvor sikkert det er (95 %). De er regnet ud af første og anden læsning. Den tredje tæller ikke med, for den findes kun, hvor to er uenige.
second-figures-caption = Enighed i alt og måned for måned
second-when = Hvornår
second-cases = Sager
second-alike = Enige
second-kappa = Cohens kappa
second-alpha = Krippendorffs alfa
second-all-time = I alt
second-too-few = { $n ->
    [one] For få: der skal { $count } til
   *[other] For få: der skal { $count } til
  }
second-one-kind = Kun én slags afgørelse
second-figure = { $value } ({ $low } til { $high })
second-apart-title = Uenighed efter tegn
second-apart-note = Kun sager, hvor en tredje har læst.
second-apart-none = Ingen uenighed er læst færdig.
second-apart = først { $first }, så { $second }, til sidst { $third }
second-open = { $n ->
    [0] Ingen venter på den tredje læser.
    [one] { $count } venter på den tredje læser.
   *[other] { $count } venter på den tredje læser.
  }
second-of-before = uenige i
second-of = af
done-second-agrees = Gemt. Du er enig med den første læser.
done-second-third = Gemt. Du er uenig med den første læser, så en tredje læser sagen.
done-second-changed = Gemt. Din afgørelse gælder nu.
done-second-before = Den er allerede gemt. Den tæller kun en gang.
done-second-given-back = Du har givet sagen tilbage.
done-none-second = Ingen sag venter på dig.
menu-search = Søg
search-title = Søg
search-lead = Søg i annoncernes tekster og i de netværk og sager, de hører til. Numre og adresser er dækket og kan ikke findes her.
search-words = Ord
search-help = Alle ord skal være der. Et ord findes i alle sine former. Sæt "…" om ord, der skal stå sammen.
search-from = Først set fra
search-to = Først set til
search-do = Søg
search-found = { $n ->
    [0] Intet fundet
    [one] { $count } udgave fundet
   *[other] { $count } udgaver fundet
  }
search-more-than = { $n ->
    [one] Mere end { $count } udgave fundet
   *[other] Mere end { $count } udgaver fundet
  }
search-networks = { $n ->
    [0] Intet fundet
    [one] { $count } netværk fundet
   *[other] { $count } netværk fundet
  }
search-networks-note = De netværk, som de 2.000 nyeste fund hører til. Flest annoncer først.
search-facets = Vælg en del af det fundne
search-facets-note = Antal annoncer blandt de 2.000 nyeste fund. En annonce kan nævne flere steder og sprog.
search-show-ads = Annoncer
search-show-networks = Netværk
search-about = Udgave { $version }, set { $seen }
search-said = fundet
search-pager = Flere fund
search-no-contact = Et nummer, en e-mail eller en profil må ikke stå i adressen. Skriv den her i stedet, og sig hvorfor.
as-file = Hent som fil (CSV)
lookup-title = Slå et kontaktpunkt op
lookup-lead = Find de annoncer, der viser et nummer, en e-mail eller en profil. Hvem du er, og hvorfor du spørger, skrives i loggen. Nummeret skrives ikke.
lookup-what = Nummer, e-mail eller profil
lookup-purpose = Hvorfor slår du det op?
lookup-do = Slå op
lookup-unread = Det kunne ikke læses som et nummer, en e-mail eller en profil
lookup-why = Skriv, hvorfor du slår det op
notes-title = Noter, mærker og henvisninger
notes-none = Ingen endnu.
note-add = Tilføj
note-on = Om
note-kind = Slags
note-kind-note = Note
note-kind-tag = Mærke
note-kind-link = Henvisning
note-text = Tekst
note-help = Et mærke er et kort ord, som flere kan dele. En henvisning er adressen på en sag, et netværk, en annonce eller et fælles nummer. Skriv ingen navne eller numre.
note-save = Gem
note-ad = Annonce { $number }
note-contact = Fælles nummer { $number }
note-empty = Skriv en tekst
note-no-link = Det er ikke adressen på en sag, et netværk, en annonce eller et fælles nummer
note-contact-refused = Der står et nummer, en e-mail eller en profil i teksten
note-not-saved = Intet er gemt. Din tekst står her.
note-back = Tilbage
tag-title = Mærke: { $tag }
tag-none = Intet har mærket.
done-noted = Gemt.
card-over-time = Hvor tit det udløses
card-over-time-note = Andel af annoncører og netværk ved hver analyse.
card-no-time = Der er kun én analyse endnu.
card-now = Nu: { $fired } af { $all }
card-decisions = Hvad mennesker har afgjort
card-decisions-note = Sager med afgørelse. Første tal: sager, hvor tegnet var udløst. Tallene viser en sammenhæng, ikke hvad der er sandt.
card-decided-none = Ingen sag er afgjort endnu.
card-decision = Afgørelse
card-with = Med tegnet
card-all = Alle
day-read = læst af dig i dag
history-covered = Afgørelsen vises, når en kollega har læst sagen igen.
search-show-cases = Sager
search-cases = { $n ->
    [0] Intet fundet
    [one] { $count } sag fundet
   *[other] { $count } sager fundet
  }
search-cases-note = De sager, som de 2.000 nyeste fund hører til. Flest annoncer først.
card-agree-title = Passer afgørelserne med tegnet?
card-agree-note = Kun sager, hvor et menneske enten handlede eller lagde sagen væk. Hold øje tæller ikke med. I parentes står, hvor sikkert tallet er (95 %).
card-agree = { $where }: i { $acted } af { $all } sager blev der handlet, { $percent } % ({ $low } til { $high } %).
card-agree-few = { $where }: { $all } sager. Der skal { $least } til for at vise et tal.
card-agree-with = Med tegnet
card-agree-without = Uden tegnet
history-read-again = Læst igen: { $decision }
as-file-most = Filen har de første { $count } rækker.
