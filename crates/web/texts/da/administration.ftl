sites-title = Sider
sites-lead = Hver side, hvad den gør nu, og hvad de seneste kørsler fandt.
sites-none = Ingen sider er sat op. Læg en mappe i config/sites, og kør bavn site check.
site-facts = { $up } er oppe nu, { $ever } set i alt. Sidste gode kørsel: { $last }.
site-history = Kørsler
site-no-runs = Ingen kørsler endnu.
site-import-only = Annoncerne kommer fra filer. Siden bliver aldrig besøgt.
site-never-run = Siden er ikke besøgt endnu. Den venter på sin plan.
site-wish-pause = Sat på pause
site-pause = Sæt på pause
site-resume = Lad den køre igen
phase-idle = Venter på næste kørsel
phase-running = Kører
phase-waiting = Venter
phase-failed = Fejlede
phase-closed = Lukket for os
phase-paused = På pause
phase-import-only = Kun filer
phase-new = Ny
since-time = Siden { $time }.
until-time = Til { $time }.
runs-of = Seneste kørsler på { $site }
run-started = Begyndt
run-end = Resultat
run-ended = { $end }, { $time }
run-good = God
run-partial = Delvis
run-failed = Fejlede
run-under-way = I gang
run-pages = Læste sider
run-listed = På listen
run-new = Nye
run-changed = Ændrede
run-gone = Væk
run-errors = Fejl efter slags
run-no-errors = Ingen
people-title = Brugere
people-lead = Alle, der kan logge ind, og hvad de må.
people-caption = Brugere efter brugernavn
person-name = Navn
person-login = Brugernavn
person-role = Rolle
person-team = Hold
person-since = Oprettet
person-urgent = Udpeget til hasteforløbet
person-active = Aktiv
person-disabled = Lukket { $date }
phase-resting = Venter efter sin plan
site-stop = Stop kørslen
site-pause-help = En pause holder kørslen åben til senere. Et stop slutter den med det, der er læst. Begge dele gælder, til siden får lov igen.
notices-title = Meddelelser
notices-caption = Meddelelser om siden, de nyeste først
notices-none = Ingen meddelelser.
notices-open-title = Sider, som nogen bør se på
notice-open = { $phase }, fra { $time } kl. { $clock }
notice-lasts = Varer ved
notice-began = Begyndt
notice-ended = Slut
notice-what = Hvad og hvorfor
run-coverage = Dækning
run-politeness = Høflighed
coverage-whole = Hele listen
coverage-partial = { $n ->
    [one] { $count } listeside mangler
   *[other] { $count } listesider mangler
 }
coverage-pages = { $n ->
    [one] { $count } annonceside hentet
   *[other] { $count } annoncesider hentet
 }
coverage-gap = { $hours } t { $minutes } min siden sidst
polite-requests = { $n ->
    [one] { $count } forespørgsel
   *[other] { $count } forespørgsler
 }
polite-gap = mindst { $gap } s imellem, aftalt { $agreed } s
polite-busy = bad om ro { $n ->
    [one] { $count } gang
   *[other] { $count } gange
 }
polite-robots = robots.txt sagde nej { $n ->
    [one] { $count } gang
   *[other] { $count } gange
 }
menu-audit = Log
role-auditor = Revisor
audit-title = Log over opslag
audit-lead = Hvem har set hvad, hvornår og hvorfor. Det, du søger efter her, står også i loggen.
audit-alarms = Alarmer de sidste 30 dage
audit-no-alarms = Ingen har passeret en grænse.
audit-alarm = { $who } havde { $count } { $class } på én dag
audit-class-lookup = søgninger efter en person
audit-class-view = visninger af personoplysninger
audit-class-export = udtræk
audit-search = Søg i loggen
audit-purpose = Formål med søgningen
audit-purpose-missing = Skriv, hvad søgningen skal bruges til.
audit-day-wrong = En dato skal være en dag, for eksempel 2026-11-24.
audit-who = Hvem
audit-anybody = Alle
audit-from = Fra dag
audit-to = Til og med dag
audit-kind = Slags
audit-kind-help = Begyndelsen er nok, for eksempel sign_in, case eller export.
audit-words = Ord i formål eller emne
audit-system = Bruger på serveren eller job
audit-do = Søg
audit-found = Fundet
audit-none = Intet i loggen svarer til søgningen.
audit-caption = Opslag, de nyeste først
audit-number = Nr.
audit-time = Tid
audit-why = Formål
audit-subject = Emne
audit-older = Vis ældre
audit-deleted = (slettet)
audit-machine = Server: { $name }
