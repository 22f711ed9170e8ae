menu-shared = Delte numre
network-name = Netværk { $id }
advertiser-name = Annoncør { $id }
network-belongs-to = En del af
network-gone = Gruppen findes ikke mere. Under Herkomst ser du, hvad den blev til.
network-advertisers-caption = Først set først. Vælg en for at se dens annoncer.
network-no-links = Annoncerne har ingen forbindelser.
network-time = Annoncer efter kontaktpunkt over tid
network-contacts-caption = Kontaktpunkter, først set først
network-more-contacts = { $n ->
    [one] { $count } kontaktpunkt mere vises ikke.
   *[other] { $count } kontaktpunkter mere vises ikke.
  }
network-shared = Delte numre imellem dem
network-places = Steder på kortet
network-made = Analysen er lavet { $time }. En vurdering sætter straks en ny i gang.
case-open-network = Se gruppen med billede, tidslinje og vurderinger
case-row-split-from = skilt ud fra sag { $id }
case-row-split-off = skilt ud fra den: { $ids }
case-row-merged = lagt ind i den: { $ids }
rows-of = { $from } til { $to } af { $total }
municipality = Kommune
graph-title = Billede af forbindelserne
graph-description = Hver boks er en annoncør eller en annonce. Hver streg er en slags forbindelse. Tabellerne siger det samme.
graph-note = Vælg en streg for at se dens belæg. Både bogstav, farve og stiplet streg siger, hvilken slags det er.
graph-loose = Tynd streg: en forbindelse, der ikke samler nogen alene
graph-tie = { $kind }, { $bits } bit: { $a } og { $b }
graph-too-many = Der er for mange til et billede. Tabellerne viser dem alle.
graph-more-ties = { $n ->
    [one] { $count } forbindelse mere er ikke med i billedet.
   *[other] { $count } forbindelser mere er ikke med i billedet.
  }
map-title = Danmarkskort med antal annoncer
map-description = { $n ->
    [one] Én kommune er nævnt. Tabellen ved siden af siger det samme.
   *[other] { $count } kommuner er nævnt. Tabellen ved siden af siger det samme.
  }
map-count = { $place }: { $ads }
map-caption = Annoncer efter kommune
map-source = Omrids: Geodatastyrelsen & Danske Kommuner, FOT, 14. februar 2014. Bornholm står i rammen.
contacts-chart-title = Billede: hvert kontaktpunkt som en række, hver annonce som en bjælke
contacts-chart-description = { $n ->
    [one] Ét kontaktpunkt. Tabellen nedenfor siger det samme.
   *[other] { $count } kontaktpunkter. Tabellen nedenfor siger det samme.
  }
waterfall-title = Sådan lægges belæggene sammen
waterfall-description = Summen er { $sum } bit. Der skal { $needed } bit til at binde to sammen.
waterfall-needed = krav: { $bits }
waterfall-sum = I alt
waterfall-caption = Det, der taler for, det, der taler imod, og det, der manglede
waterfall-section = Del
waterfall-so-far = Sum hertil
waterfall-prior = Før
waterfall-for = For
waterfall-against = Imod
waterfall-missing = Mangler
waterfall-note = De to kan vejes igen, bit for bit. Det kan tage et øjeblik.
waterfall-show = Vis, hvordan det lægges sammen
waterfall-unknown = Analysen kender ikke begge annoncer.
outcome-one-advertiser = Én annoncør.
outcome-one-network = Ét netværk.
outcome-through-others = Ét netværk, men gennem andre annoncer.
outcome-judged-apart = En person har sagt, at de er hver for sig.
outcome-too-few-bits = Hver for sig: for lidt taler for det.
outcome-one-kind = Hver for sig: der er kun én slags belæg. Sådan ser en kopieret annonce også ud.
outcome-cut-elsewhere = Hver for sig: en vurdering eller en regel holder dem adskilt.
template-title = Skabelonen
template-words = { $fixed } ord ligger fast, og { $slots } steder skifter.
template-note = Numre, navne og steder er mærker. Ord om risikable ydelser er ikke dækket her.
template-show = Vis skabelonen
template-slot = [sted { $number }]
template-nothing = (intet)
pair-title = To annoncer: { $a } og { $b }
pair-same-advertiser = Én annoncør har begge annoncer.
pair-same-network = To annoncører i ét netværk har dem.
pair-apart = Analysen holder dem hver for sig.
pair-shared = Kontaktpunkter, som begge viser:
pair-to-judgement = Til vurderingen
pair-links = Det, der forbinder dem
pair-no-links = Ingen forbindelse går mellem dem.
judge = Din vurdering
judge-legend = Hvad er de to?
judge-same = Det samme
judge-not_same = Ikke det samme
judge-split_here = Del her
judge-help-same = Ét sted står bag begge annoncer. De bliver samlet.
judge-help-not_same = To steder. Andre annoncer går med den, de ligner.
judge-help-split_here = Et nummer har skiftet hænder, eller gruppen ender her. Andre annoncer deles efter tid.
judge-reason = Hvorfor?
judge-follows = En ny analyse går i gang, så snart du gemmer. Du kan altid fortryde.
judge-save = Gem vurderingen
judge-undo-first = Der gælder en vurdering af de to. Fortryd den først, hvis du ser det anderledes nu.
judgements = Vurderinger
judgements-note = En vurdering gælder i hver ny analyse. Den bliver aldrig slettet, men du kan fortryde den.
judgements-none = Ingen har vurderet annoncerne.
judgement-in-effect = Analysen gør, som der står.
judgement-waits = Analysen har ikke fulgt den endnu, eller noget andet vejer tungere.
wrong-judgement = Vælg, hvad de to er
wrong-judgement-reason = Skriv hvorfor
wrong-role = Vælg, hvad nummeret er
lineage = Herkomst
lineage-none = Gruppen har været den samme siden sin første annonce.
lineage-took-in = Tog imod
lineage-became-part-of = Blev en del af
lineage-split-from = Blev skilt ud fra
lineage-split-off = Mistede en del, der nu er
shared-title = Delte numre at vurdere
shared-lead = Mange annoncer viser disse kontaktpunkter og har ellers intet til fælles. Sig, hvad hvert er, hvis du kan se det.
shared-waiting = { $n ->
    [one] { $count } venter på et navn.
   *[other] { $count } venter på et navn.
  }
shared-show-named = Vis dem, der har fået et
shared-show-unnamed = Vis dem, der venter
shared-empty = Her er ingen.
shared-pager = Flere numre
shared-one-title = Delt nummer { $name }
shared-not-damped = Det samler sine annoncer som ethvert kontaktpunkt.
shared-unnamed = har intet navn endnu
shared-sample = Nogle af dets annoncer
shared-sample-note = Én annonce for hver annoncør. Numre, adresser og links er dækket. Sager, der haster, er ikke med.
shared-no-sample = Der er ingen annonce at vise.
shared-said = Hvad folk har sagt
shared-nobody = Ingen har sagt, hvad det er.
shared-name = Hvad er det?
shared-legend = Nummeret hører til
shared-save = Gem
role-directory = En oversigt
role-agency = Et bureau
role-operator = Ét sted
role-unknown = Vides ikke endnu
role-help-directory = En side, der viser andre. Det samler ingen.
role-help-agency = Det arbejder for mange. Det samler ingen.
role-help-operator = Ét sted har alle annoncerne. De bliver samlet.
role-help-unknown = Du har set på det og kan ikke sige det. Reglen afgør.
role-is-directory = en oversigt
role-is-agency = et bureau
role-is-operator = ét sted
role-is-unknown = vides ikke endnu
count-texts = { $n ->
    [one] { $count } tekst
   *[other] { $count } tekster
  }
count-municipalities = { $n ->
    [one] { $count } kommune
   *[other] { $count } kommuner
  }
change-removed = Taget ud:
change-added = Sat ind:
done-judged = Gemt. Analysen har fulgt den.
done-judged-soon = Gemt. Analysen er i gang: åbn siden igen om lidt.
done-judged-before = Intet er gemt: der gælder en anden vurdering af de to. Fortryd den først.
done-judgement-undone = Fortrudt. Analysen har fulgt med.
done-judgement-undone-soon = Fortrudt. Analysen er i gang: åbn siden igen om lidt.
done-named = Gemt. Analysen har fulgt det.
done-named-soon = Gemt. Analysen er i gang: åbn siden igen om lidt.
