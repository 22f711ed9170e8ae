menu-urgent = Hasteforløb
urgent-list-title = Hasteforløb
urgent-list-lead = Sager, hvor nogen kan være under 18. Du ser dem, fordi du er udpeget. Ingen kontakter dem imens.
urgent-list-none = Der er ingen sager i hasteforløbet.
urgent-reported = { $name } meldte det under kontakten. Forløbet er åbent siden { $time }.
wrong-urgent-reason = Skriv, hvad der er gjort, og hvorfor forløbet kan lukkes
minor-title = Kan personen være under 18?
minor-what = Så stop her. Tryk på knappen, og ring. Ingen på listen kontakter personen, før en af de udpegede har set på det.
minor-open = Åbn hasteforløbet nu
minor-ring = Ring { $phone }
minor-nobody = Ingen er udpeget i systemet. Ring til jeres leder nu, og til kommunens vagt, hvis ingen svarer. Ved fare: ring 112.
minor-told-title = Hasteforløbet er åbent
minor-told-what = De udpegede får besked. Ring også selv, så I er sikre på, at en af dem ved det. Ved fare: ring 112.
done-urgent-reported = Hasteforløbet er åbent. Ring nu til en af de udpegede.
line-mail = Skriv e-mail
line-no-way = Ingen sikker vej er kendt.
line-address = Adresse fra annoncen
line-address-seen = Sidst set i annoncen { $day }.
line-address-help = Adressen er til jeres besøg. Opslaget er logget. Skriv den ikke ned andre steder.
line-data-page = Side om data og indsigelse:
line-data-page-send = Send linket
line-method-by-way = Efter den vej, der er brugt
line-which-by-way = Det, der passer til vejen
line-finished = Gjort: { $outcome }
line-next = Næste linje
line-to-list = Til listen
wrong-channel = Vælg, hvordan du tog kontakt
minor-then = Så ringer du til en af dem:
minor-kept = Det, du har skrevet på siden, bliver stående.
urgent-list-more = { $n ->
    [one] Der er { $count } sag mere. Den vises, når en af disse er lukket.
   *[other] Der er { $count } sager mere. De vises, når nogle af disse er lukket.
  }
