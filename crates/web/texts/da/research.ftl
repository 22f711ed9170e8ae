queue-title = Kø
queue-lead = Sager, der venter på at blive læst. Du afgør; rækkefølgen er kun et forslag.
queue-urgent = { $n ->
    [one] { $count } sag haster.
   *[other] { $count } sager haster.
  }
queue-urgent-open = Læs dem først
queue-urgent-here = Du ser kun sager i hasteforløbet.
queue-urgent-leave = Tilbage til den almindelige kø
queue-counts = Sager efter tilstand og vurdering. Tryk på et tal for at se sagerne.
queue-filter = Vælg, hvad du vil se
queue-apply = Vis sager
queue-clear = Ryd valg
queue-total = { $n ->
    [one] { $count } sag
   *[other] { $count } sager
  }
queue-empty = Ingen sager passer. Prøv at rydde valgene.
queue-which = Kø
queue-ordinary = Den almindelige kø
queue-spam = Spam og svindel: dem, der er udtrukket til læsning
queue-spam-all = Spam og svindel: alle
queue-spam-short = Spam
queue-row-title = { $id } · { $who }
queue-row-facts = { $languages } · sidst set { $last } · sag fra { $opened } · { $contacts }
pager-label = Flere sager
pager-previous = Forrige
pager-next = Næste
all-bands = Alle
all-waiting = Alle, der venter
all-regions = Hele landet
all-languages = Alle
all-indicators = Alle
state-open = Ny
state-decided = Afgjort
state-reopened = Åbnet igen
new-since-decision = Nyt siden afgørelsen:
urgent = Haster
place-unknown = ukendt sted
places-more = { $places } og { $more }
who-advertiser = En annoncør med { $ads } i { $places }
who-network = { $who } med { $ads } i { $places }
summary-who = { $who }, set fra { $from } til { $to }.
summary-points = Vurderingen er { $band } med { $points } point: { $groups }.
summary-no-points = Ingen tegn giver point.
case-title = Sag { $id }
case-split = Sagen er skilt ud fra en anden sag.
case-split-open = Se den anden sag
case-to-decision = Til afgørelsen
case-points = Point efter gruppe
case-points-caption = Hver gruppe tæller én gang, med sit stærkeste tegn
case-points-sum = I alt
case-no-points = Ingen gruppe giver point.
case-advertisers = Annoncører i netværket
advertiser-number = Annoncør { $number }
case-evidence = Belæg
case-no-evidence = Intet tegn har givet point.
case-words-covered = Ord om risikable ydelser er dækket af deres kategori.
case-words-shown = Alle ord vises.
case-words-show = Vis ordene
case-words-cover = Dæk dem igen
case-counter = Det, der taler imod
case-counter-note = Det fylder lige så meget som belægget. Det fjerner aldrig et tilbud om hjælp.
case-no-counter = Ingen af de tegn, vi kender, taler imod. Der kan være andre forklaringer; de står ved hvert tegn.
case-context = Vises uden at give point
case-context-note = Følsomme træk, og tegn som data taler imod. De tæller ikke med.
case-abstained = Kunne ikke beregnes
case-time = Annoncer over tid
case-time-caption = Annoncer i sagen, tidligst set først
case-texts = Teksterne, udgave for udgave
case-texts-note = Numre, adresser og links er erstattet af mærker. Farvede ord har udløst et tegn.
case-more-ads = { $n ->
    [one] { $count } annonce mere er ikke vist.
   *[other] { $count } annoncer mere er ikke vist.
  }
case-all-ads = Vis alle
first-seen = Først set
last-seen = Sidst set
last-seen-gone = { $last } (væk { $gone })
days-seen = Dage
versions = Udgaver
contacts = Kontaktpunkter
version-title = Udgave { $number }, { $from } til { $to }
version-changed = Ændret: { $fields }.
version-changed-masked = Kun noget, der er dækket, er ændret, for eksempel et nummer eller et billede.
field-title = Overskrift
field-body = Tekst
field-text = Tekst
field-phone = Telefon
field-place = Sted
field-price = Pris
field-name = Navn
field-age = Alder
field-category = Kategori
case-links = Forbindelser
case-links-note = Bits siger, hvor stærkt forbindelsen taler for, at annoncerne hører sammen. 10 bits er 1.000 gange mere sandsynligt.
case-links-caption = Forbindelser mellem annoncer
case-no-links = Annoncen har ingen forbindelser.
case-more-links = { $n ->
    [one] { $count } forbindelse mere er ikke vist.
   *[other] { $count } forbindelser mere er ikke vist.
  }
link-between = Mellem
link-kind = Slags
link-bits = Bits
link-joins = Samler
link-note = Hvorfor
link-joins-yes = Ja
link-joins-no = Nej
link-outside = Uden for sagen
link-phone = Samme telefon
link-email = Samme e-mail
link-handle = Samme profil
link-url = Samme link
link-image = Samme billede
link-text = Næsten samme tekst
link-template = Samme skabelon
link-premises = Samme adresse
link-style = Samme stil
link-symbol = Samme tegn
link-manual = Et menneske har sagt det
case-contacts = Kontaktpunkter
case-contacts-note = Vises som dæknavne. Samme kontaktpunkt har samme dæknavn i alle sager.
case-places = Steder
pseudonym = Dæknavn
remark = Bemærkning
contact-damped = Dæmpet: går igen i mange annoncer, der ellers ikke hører sammen
case-history = Historik
case-no-decisions = Ingen har afgjort sagen.
case-attempts = Kontaktforsøg
case-no-attempts = Ingen har forsøgt at få kontakt.
attempt-words = { $time }: { $channel } fra { $team }. { $outcome }.
attempt-undone = { $attempt } (fortrudt)
made-of = Beregnet af det, man vidste { $time }. Katalog { $catalogue }.
firing-sensitive = Følsomt træk: giver aldrig point
firing-why = Hvorfor vi ser på det
firing-other-readings = Andre forklaringer
firing-without = Uden dette tegn
firing-evidence-grade = Hvor godt det er undersøgt
firing-sources = Kilder:
firing-more = Mere om tegnet
firing-more-ads = { $n ->
    [one] og { $count } annonce mere
   *[other] og { $count } annoncer mere
  }
firing-more-evidence = { $n ->
    [one] Der er { $count } sted mere i annoncerne.
   *[other] Der er { $count } steder mere i annoncerne.
  }
without-carried = Intet ændres: gruppen bæres også af { $others }.
without-points = Der ville være { $points } point. Vurderingen ville være den samme.
without-band = Der ville være { $points } point, og vurderingen ville være: { $band }.
chart-title = Tegning: hver annonce som en linje over dagene
chart-description = { $ads } fra { $from } til { $to }. Tabellen nedenfor viser det samme.
decide = Afgørelse
decide-kind = Hvad skal der ske?
decide-until = Hold øje til (kun ved Hold øje)
decide-refer-programme = Program: { $programme }
decide-refer = Til hvem (kun ved Send videre)
decide-reason = Grund
decide-text = Med dine ord
decide-text-help = Skriv ingen navne, numre eller adresser.
decide-change-mind = Hvad ville få mig til at skifte mening?
decide-save = Gem afgørelsen
decision-offer_outreach = Tilbyd kontakt
decision-watch = Hold øje
decision-no_concern = Ingen bekymring
decision-spam = Spam eller svindel
decision-refer = Send videre
decision-urgent = Hasteforløb (mulig mindreårig)
decision-until = { $kind } til { $date }
decision-to = { $kind } til { $to }
by-name-at = { $name }, { $time }
undone-by-name-at = Fortrudt af { $name }, { $time }
take-to-read = Læs sagen (hold den for dig selv)
give-back = Giv sagen tilbage
reader-you = Du læser sagen til kl. { $until }.
reader-other = { $name } læser sagen til kl. { $until }
wrong-kind = Vælg, hvad der skal ske
wrong-reason = Vælg en grund
wrong-text-needed = Skriv grunden med dine ord
wrong-until = Vælg en dag efter i dag, som I holder øje til
wrong-refer = Vælg, hvem sagen sendes til
wrong-too-long = Teksten er for lang. Der er plads til { $n ->
    [one] { $count } tegn
   *[other] { $count } tegn
  }
conflict-title = Sag { $id }: en kollega har gemt imens
conflict-what = Sagen blev ændret, mens du læste den. Intet af dit er gemt endnu. Vælg, hvad der skal gælde.
conflict-theirs = Det, der er gemt
conflict-no-decision = Ingen afgørelse gælder. Sagen har fået nyt, eller en afgørelse er fortrudt.
conflict-state = Sagen er nu: { $state }.
conflict-keep-theirs = Se sagen, som den er nu
conflict-mine = Det, du ville gemme
conflict-save-mine = Gem mit alligevel
urgent-title = Hasteforløb: mulig mindreårig
urgent-what = Sagen er vist til dig, fordi du er udpeget. Den er på ingen liste, til en udpeget lukker forløbet.
urgent-reason = Hvad er gjort, og hvorfor kan forløbet lukkes?
urgent-close = Luk hasteforløbet
duty-law = { $law }. Kontrolleret { $date }.
indicators-title = Indikatorer
indicators-lead = Et tegn er en grund til at se efter en gang til. Det siger aldrig, hvad der er sandt om et menneske.
indicators-catalogue = Katalog: { $hash }
role-of-indicator = Bruges til
indicator-role-score = Giver point
indicator-role-context = Vises uden point
indicator-role-control = Styrer maskinen
indicator-role-urgent = Åbner hasteforløbet
indicator-role-counter = Taler imod
indicator-scope = Ser på
indicator-id = Navn og version
indicator-no-points = Ingen
indicator-sensitive = Følsomt
indicator-fires-on = Udløses af
indicator-silent-on = Udløses ikke af
indicator-sources = Kilder
source-unverified = Citeret efter hukommelsen: kontroller den, før du citerer den.
status-draft = Kladde
status-trial = På prøve
status-active = I brug
status-context = Kun til oplysning
status-retired = Udgået
try-title = Prøv en tekst
try-lead = Se, hvad bavn læser i en tekst. Intet gemmes.
try-text = Tekst
try-read = Læs teksten
try-empty = Skriv eller indsæt en tekst
try-found = Teksten, som bavn læser den
try-mentions = Forekomster
try-no-mentions = Ingen telefon, pris, alder, sted eller andet er fundet.
try-signs = Tegn i denne ene tekst
try-no-signs = Ingen tegn er udløst.
try-not-fired = Tegn, der ikke er udløst, og hvorfor
try-not-fired-lead = For hvert tegn står den første betingelse, som teksten ikke opfylder. De, der var tæt på, står først. At et tegn ikke er udløst, frikender ingen.
try-near = { $n ->
    [0] ingen var tæt på
    [one] én var tæt på
   *[other] { $count } var tæt på
  }
try-came-near = var tæt på
try-stopped-by = stoppet af
mention-phone = Telefon
mention-price = Pris
mention-age = Alder
mention-name = Navn
mention-place = Sted
mention-email = E-mail
mention-url = Link
mention-address = Adresse
mention-handle = Profil
urgent-answer = Jeg tager mig af det
urgent-answered = { $name } tager sig af det, siden { $time }.
urgent-told = De udpegede fik besked { $time }. Ingen har svaret endnu.
urgent-escalated = Ingen svarede i tide. Det blev sendt videre { $time }.
urgent-untold = Ingen har fået besked på mail endnu.
urgent-not-sent = { $n ->
    [one] Beskeden kunne ikke sendes på mail ({ $count } forsøg). Den prøves igen. Ring til de andre udpegede.
   *[other] Beskeden kunne ikke sendes på mail ({ $count } forsøg). Den prøves igen. Ring til de andre udpegede.
  }
done-urgent-answered = Du tager dig af sagen. Ingen får mere besked om den.
case-machine = Maskinens forslag:
case-people = Menneskers afgørelse:
case-undecided = Ingen endnu
case-decided = { $decision } ({ $who })
again-risen = Åbnet igen: det hele vejer mere nu, end da sagen blev afgjort.
again-watched = Åbnet igen: I holdt øje til { $date }, og den dag er gået.
read-again = Læses igen af en kollega
firing-new = Nyt
case-earlier-versions = { $n ->
    [one] { $count } tidligere udgave er ikke vist.
   *[other] { $count } tidligere udgaver er ikke vist.
  }
case-all-versions = Vis alle udgaver
ad-title = Annonce { $ad }
ad-signs = Tegn i annoncen
ad-no-signs = Intet tegn er fundet i annoncen.

referred-from = Sendt hertil fra
referred-or-not = Sendt hertil eller ej
incoming-title = Sendt hertil fra et andet program
incoming-lead = I ser kun kommune og grund, og et dæknavn for hvert nummer. Alt andet bliver hos dem.
incoming-count = { $n ->
    [one] { $count } sag er sendt hertil
   *[other] { $count } sager er sendt hertil
  }
incoming-from = Sendt hertil af { $programme }
incoming-facts = { $where }. Grund: { $reason }. Sendt { $when }.
incoming-no-place = Kommunen kendes ikke
incoming-state = { $state } ({ $when })
incoming-sent = Venter på jer
incoming-taken = I er i gang
incoming-closed = I er færdige
incoming-withdrawn = Taget tilbage af afsenderen
sent-sent = Sendt, venter på modtageren
sent-taken = Modtageren er i gang
sent-closed = Modtageren er færdig
sent-withdrawn = Taget tilbage
incoming-label-from = Fra
incoming-label-where = Kommune
incoming-label-reason = Grund
incoming-label-when = Sendt
incoming-contacts = Kontaktpunkter
incoming-contacts-help = De samme dæknavne ses hos dem.
incoming-no-contacts = Der fulgte ingen kontaktpunkter med.
incoming-cases = Egne sager med et af kontaktpunkterne
incoming-no-cases = Ingen af jeres sager har et af dem.
incoming-case = Sag { $id }
incoming-do-taken = Vi går i gang
incoming-do-closed = Vi er færdige
incoming-do-sent = Læg den tilbage
done-incoming-set = Gemt.
