menu-urgent = Urgent route
urgent-list-title = Urgent route
urgent-list-lead = Cases where somebody may be under 18. You see them because you are appointed. Nobody approaches them meanwhile.
urgent-list-none = There is no case in the urgent route.
urgent-reported = { $name } reported it during contact. The route has been open since { $time }.
wrong-urgent-reason = Write what was done and why the route can be closed
minor-title = Could the person be under 18?
minor-what = Then stop here. Press the button, and ring. Nobody on the list approaches the person until one of those appointed has looked at it.
minor-open = Open the urgent route now
minor-ring = Ring { $phone }
minor-nobody = Nobody is appointed in the system. Ring your manager now, and the municipality's duty line if nobody answers. In danger: ring 112.
minor-told-title = The urgent route is open
minor-told-what = Those appointed are told. Ring as well, so that you are sure that one of them knows. In danger: ring 112.
done-urgent-reported = The urgent route is open. Ring one of those appointed now.
line-mail = Write an e-mail
line-no-way = No safe way is known.
line-address = Address from the ad
line-address-seen = Last seen in the ad on { $day }.
line-address-help = The address is for your visit. The look is logged. Do not write it down elsewhere.
line-data-page = Page on data and objections:
line-data-page-send = Send the link
line-method-by-way = By the way used
line-which-by-way = The one that the way goes to
line-finished = Done: { $outcome }
line-next = Next line
line-to-list = To the list
wrong-channel = Choose how you made contact
minor-then = Then ring one of them:
minor-kept = What you have written on the page stays.
urgent-list-more = { $n ->
    [one] There is { $count } case more. It is shown when one of these is closed.
   *[other] There are { $count } cases more. They are shown when some of these are closed.
  }
