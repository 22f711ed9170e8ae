# Steder, besøg og skemaer.
menu-visits = Besøg
menu-places = Steder
menu-coverage = Dækning

places-title = Steder
places-lead = { $n ->
    [one] Ét sted på listen.
   *[other] { $count } steder på listen.
  } Sted, aldrig person: skriv ingen navne på folk.
places-show = Vis
places-show-open = Alle åbne
places-show-concern = Bekymringssteder
places-show-due = Besøg er på tide
places-show-never = Aldrig besøgt
places-show-closed = Lukkede
places-area = Region
places-everywhere = Hele landet
places-filter = Vis
places-none = Der er ingen steder at vise.
places-concern = Bekymring
places-review-due = Skal ses på igen
places-closed = Lukket
places-never = Aldrig besøgt
places-last = Sidst besøgt { $day }
places-next = Besøg senest { $day }
places-late = Forsinket
register-more = Vis flere
places-add = Tilføj et sted
places-name = Gade og nummer, eller hvad holdet kalder stedet
places-name-help = Skriv ingen personers navne og ingen telefonnumre.
places-municipality = Kommune

origin-ads = annoncer
origin-list = en liste
origin-visit = et besøg

list-fault-header = Første linje skal have kolonnerne name og municipality (eller navn og kommune).
list-fault-name = Skriv et navn på stedet på højst 120 tegn.
list-fault-number = Navnet ligner et telefonnummer. Skriv gade og nummer.
list-fault-municipality = Vælg en kommune i området, eller skriv dens navn eller fire cifre.
list-fault-point = Bredde og længde skal være grader som 55.47 og 9.49, begge eller ingen.
list-fault-line = Linjen kan ikke læses.

import-title = Læs en liste ind
import-lead = Har I en liste fra før? Sæt den ind her. Et sted, der er kendt, kommer ikke to gange.
import-list = Listen som tabel
import-list-help = Den første linje navngiver kolonnerne. Brug komma, semikolon eller tab. Skriv kommunen med navn eller fire cifre. Bredde og længde kan stå tomme.
import-button = Læs ind
import-faults = Linjer, der ikke kom med
import-line = Linje { $line }: { $what }
import-too-long = Siden tager højst { $count } linjer. Del listen, eller brug »bavn places import«.
import-new = { $n ->
    [one] Ét nyt sted.
   *[other] { $count } nye steder.
  }
import-same = { $n ->
    [one] Ét var kendt og er lagt sammen med det.
   *[other] { $count } var kendt og er lagt sammen med dem.
  }
import-before = { $n ->
    [one] Ét var læst ind før.
   *[other] { $count } var læst ind før.
  }

place-known = Kendt siden { $day } fra { $origins }
place-never = Aldrig besøgt
place-last = Sidste besøg { $day }: { $result }
place-before = Lå før: { $where }
place-closed = Stedet er lukket siden { $day }.
place-concern = Bekymringssted
place-concern-since = Siden { $day }.
place-concern-by = Sat af { $name }.
place-concern-review = Ses på igen { $day }.
place-next = Næste besøg
place-begin = Samtale: { $form }
place-forms = Samtaler her
place-change = Ret
place-details = Navn og adresse
place-correct = Ret det, der stod forkert
place-moved = Stedet er flyttet hertil
place-split = Det er et andet sted for sig
place-merge = Læg sammen med et andet
place-merge-other = Det, der er det samme sted
place-close = Stedet er lukket
place-reopen = Stedet er åbent igen
place-history = Det, der er sket
place-who = { $day }, { $name }
place-undo = Tag tilbage
place-taken-back = taget tilbage

concern-set = Sæt som bekymringssted
concern-renew = Fortsæt bekymringen
concern-note = Et menneske sætter det, med det, der er set, en grund og en dag, hvor nogen ser på det igen. Kun et menneske ender det.
concern-evidence = Hvad er set?
concern-evidence-help = Ét på hver linje, for eksempel »besøg 2. november: en anden svarede«. Ingen navne.
concern-reason = Hvorfor giver det bekymring?
concern-review = Ses på igen
concern-save = Gem
concern-end = Ingen bekymring mere
concern-end-reason = Hvorfor ikke mere?

act-found = Kendt: { $where } (fra { $origin })
act-corrected = Rettet til { $where }
act-moved = Flyttet til { $where }
act-merged = Lagt sammen med indgang { $id }
act-split = Delt: { $name } står for sig
act-closed = Lukket
act-reopened = Åbent igen
act-concern = Bekymringssted: { $reason } Set: { $evidence }. Ses på igen { $review }.
act-concern-ended = Ingen bekymring mere: { $reason }
act-visited = Besøg af { $team }: { $result } { $offered } tilbud, { $accepted } taget imod.
act-suspicion = Bekymring for nogen: kom igen.
act-undone = Noget blev taget tilbage
act-unknown = Stedet findes ikke. Gå tilbage til listen.
act-same = De to er det samme sted i forvejen.
act-unfounded = Skriv, hvad der er set, hvorfor det giver bekymring, og en dag efter i dag, hvor nogen ser på det igen.
act-no-concern = Stedet er ikke et bekymringssted.
act-no-reason = Skriv en grund.
act-counts = Der kan ikke være taget imod mere, end der er tilbudt.
act-already = Det er det i forvejen.
act-gone = Det er taget tilbage i forvejen.
act-rests = Noget senere bygger på det. Tag det tilbage først.
act-too-long = Teksten er for lang: højst 1.000 tegn.

visit-title = Skriv et besøg op
visit-result = Hvad mødte I?
visit-met = Vi talte med nogen.
visit-not-met = Der var åbent, men vi fik ikke talt med nogen.
visit-empty = Der var ingen.
visit-offers = Tilbud
visit-offered = Tilbudt
visit-accepted = Taget imod
visit-suspicion = Vi er bekymrede for nogen her: kom igen
visit-on = Dag
visit-words = Det, holdet skal vide næste gang
visit-words-help = Ingen navne på folk.
visit-save = Gem besøget
visit-no-result = Vælg, hvad I mødte.
visit-wrong-day = Vælg en dag, senest i dag.
visit-wrong-number = Skriv et tal fra 0 til 99.

advice-health = Begynd med sundhedstilbuddet: det er til alle.
advice-return = Kom igen: tillid tager mere end ét besøg.
advice-hour = Prøv en anden tid på dagen.
advice-review = Bekymringen skal ses på igen.

visits-title = Dagens besøg
visits-lead = { $date }, { $team }: { $visits }.
count-visits = { $n ->
    [one] ét besøg
   *[other] { $count } besøg
  }
visits-no-plan = Der er ingen plan for i dag.
visits-none = Der er ingen besøg på planen i dag.
visits-made = Besøgt i dag
visits-why = { $why } Besøg senest { $day }.
why-concern = Bekymringssted.
why-last-day = Fristen er nær.
why-drawn = Trukket ved lod.
visits-distance = ca. { $km } km fra stoppet før
visits-missed = Fra planen, ikke besøgt endnu
visits-late = Der er ikke plads til alle
visits-late-note = Disse steder når I ikke inden fristen. Sig det til den, der leder holdet.
visits-plan = Lav en plan for syv dage
visits-plan-again = Lav en ny plan fra i dag
visits-plan-note = Bekymringssteder kommer først. Resten trækkes ved lod, så ingen bliver glemt.
visits-planned = Plan fra { $first } til { $last }, lavet af { $name } { $time } ud fra { $frame } steder.

form-begin-note = Sundhedstilbuddet kommer først. Hjælpen hænger ikke på svarene.
form-language = Sprog:
form-begin = Begynd
form-declined-note = Siger personen nej, gemmes intet.
form-band = bånd: { $band }
form-state-open = ikke færdig
form-state-complete = færdig
form-state-stopped = stoppet undervejs
form-new = nyt
form-not-asked = Ikke spurgt, eller intet svar
form-no-answer = intet svar
form-theirs = Gemt af den anden: { $answer }
form-wrong = Svaret passer ikke til spørgsmålet.
form-missing = Spørgsmålet venter på et svar. Man kan også stoppe.
form-problem = Se på disse svar:
form-fresh = { $n ->
    [one] Svarene fører til et spørgsmål mere:
   *[other] Svarene fører til { $count } spørgsmål mere:
  }
form-both = { $name } gemte skemaet { $time }. Dine svar står i felterne, de andre ved siden af. Gem det, der er rigtigt.
form-finish = Færdig
form-save = Gem og gå videre
form-stop = Stop her
form-stop-note = Personen kan stoppe når som helst og selv vælge, om svarene gemmes.
form-stop-keep = Stop, gem svarene
form-stop-drop = Stop, gem intet
form-back = Til { $place }
form-filled = { $state }, { $day }, { $name }, { $language }
form-urgent = Kan være under 18 år
form-urgent-note = Ring med det samme til den, der er udpeget.
form-law-checked = set efter { $day }
form-outcome = Bånd
form-outcome-note = Et tegn er en grund til at komme igen og tilbyde hjælp. Det siger ikke, hvem nogen er.
form-no-signs = Intet svar er et tegn på noget.
form-other = Kan også være: { $reading }
form-without = Uden dette svar: { $band }.
form-without-same = Uden dette svar er båndet det samme.
form-unanswered = { $n ->
    [one] Ét spørgsmål uden svar
   *[other] { $count } spørgsmål uden svar
  }
form-unanswered-note = Intet svar er ikke et nej.
form-answers = { $n ->
    [one] Ét svar
   *[other] { $count } svar
  }
form-to-visit = Skriv besøget op
form-withdraw = Slet samtalen
form-withdraw-note = Vil personen ikke have svarene gemt, så slet dem her. De kan ikke hentes igen.

coverage-title = Dækning
coverage-lead = Fra { $from } til { $to }.
coverage-period = Periode
coverage-caption = Besøg af kendte steder og af dem, der skønnes at være
coverage-region = Region
coverage-known = Kendte
coverage-visited = Besøgt
coverage-of-known = Andel af kendte
coverage-estimate = Skøn
coverage-of-estimated = Andel af skønnet
coverage-met = Talt med nogen
coverage-offers = Tilbudt / taget imod
coverage-wait = Længste ventetid
coverage-concern = Bekymring
count-days = { $n ->
    [one] 1 dag
   *[other] { $count } dage
  }
coverage-no-estimate = kan ikke skønnes
coverage-interval = { $value } ({ $low }–{ $high })
coverage-how = Skønnet ser på, hvor mange steder der både står i annoncer og er kendt fra lister eller besøg (Chapman, 95 %). Det går ud fra, at intet sted kommer til eller forsvinder imens. Er steder i annoncer lettere at finde, er tallet for lavt.
coverage-problems = { $n ->
    [one] Én handling kunne ikke følges og tæller ikke med.
   *[other] { $count } handlinger kunne ikke følges og tæller ikke med.
  }

done-place-added = Stedet er tilføjet.
done-place-acted = Det er gemt.
done-place-undone = Det er taget tilbage.
done-place-visited = Besøget er gemt.
done-place-before = Det var gemt i forvejen.
done-plan-drawn = Planen er lavet.
done-form-declined = Intet er gemt.
done-form-saved = Svarene er gemt.
done-form-ended = Samtalen er gemt.
done-form-dropped = Samtalen er stoppet, og intet er gemt.
done-form-withdrawn = Svarene er slettet.
form-both-ended = { $name } afsluttede samtalen { $time }. Dit er ikke gemt. Dine svar står i felterne, de gemte ved siden af. Mangler der noget, så begynd en ny samtale, eller skriv det i besøgets note.
form-ended-open = Se det, der er gemt
form-gone-title = Samtalen kan ikke vises
form-gone-version = Skemaets udgave er ikke i opsætningen længere. Bed jeres administrator om at lægge filen tilbage.
form-gone-changed = Skemaets udgave er ændret, siden det blev udfyldt. Bed jeres administrator om at lægge filen tilbage, som den var.
form-gone-place = Stedet er ikke blandt jeres steder længere.
