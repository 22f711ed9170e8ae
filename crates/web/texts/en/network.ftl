menu-shared = Shared numbers
network-name = Network { $id }
advertiser-name = Advertiser { $id }
network-belongs-to = Part of
network-gone = This group is no more. Under Lineage you see what it became.
network-advertisers-caption = First seen first. Choose one to see its ads.
network-no-links = The ads have no links.
network-time = Ads by contact over time
network-contacts-caption = Contacts, first seen first
network-more-contacts = { $n ->
    [one] { $count } more contact is not shown.
   *[other] { $count } more contacts are not shown.
  }
network-shared = Shared numbers among them
network-places = Places on the map
network-made = The analysis was made { $time }. A judgement starts a new one at once.
case-open-network = See this group with its picture, time line and judgements
case-row-split-from = split off case { $id }
case-row-split-off = split off from it: { $ids }
case-row-merged = merged into it: { $ids }
rows-of = { $from } to { $to } of { $total }
municipality = Municipality
graph-title = Picture of the ties
graph-description = Each box is an advertiser or an ad. Each line is a kind of tie. The tables say the same.
graph-note = Choose a line to see its evidence. The letter, the colour and the dashes all say what kind of tie it is.
graph-loose = Thin line: a tie that joins nobody on its own
graph-tie = { $kind }, { $bits } bits: { $a } and { $b }
graph-too-many = There are too many for a picture. The tables show all of them.
graph-more-ties = { $n ->
    [one] { $count } more tie is left out of the picture.
   *[other] { $count } more ties are left out of the picture.
  }
map-title = Map of Denmark with the number of ads
map-description = { $n ->
    [one] One municipality is named. The table beside it says the same.
   *[other] { $count } municipalities are named. The table beside it says the same.
  }
map-count = { $place }: { $ads }
map-caption = Ads by municipality
map-source = Outlines: Geodatastyrelsen & Danske Kommuner, FOT, 14 February 2014. Bornholm stands in the box.
contacts-chart-title = Picture: each contact as a row, each ad as a bar
contacts-chart-description = { $n ->
    [one] One contact. The table below says the same.
   *[other] { $count } contacts. The table below says the same.
  }
waterfall-title = How the evidence adds up
waterfall-description = The sum is { $sum } bits. { $needed } bits are needed to tie two.
waterfall-needed = needed: { $bits }
waterfall-sum = Sum
waterfall-caption = What speaks for, what speaks against, and what was missing
waterfall-section = Part
waterfall-so-far = Sum so far
waterfall-prior = Before
waterfall-for = For
waterfall-against = Against
waterfall-missing = Missing
waterfall-note = The two can be weighed again, bit by bit. It may take a moment.
waterfall-show = Show how it adds up
waterfall-unknown = The analysis does not know both ads.
outcome-one-advertiser = One advertiser.
outcome-one-network = One network.
outcome-through-others = One network, but through other ads.
outcome-judged-apart = A person said that they are apart.
outcome-too-few-bits = Apart: too little speaks for it.
outcome-one-kind = Apart: there is only one kind of evidence. A copied ad would look like this too.
outcome-cut-elsewhere = Apart: a judgement or a rule keeps them so.
template-title = The template
template-words = { $fixed } words stay fixed, and { $slots } places change.
template-note = Numbers, names and places are marks. Words about risky services are not covered here.
template-show = Show the template
template-slot = [place { $number }]
template-nothing = (nothing)
pair-title = Two ads: { $a } and { $b }
pair-same-advertiser = One advertiser has both ads.
pair-same-network = Two advertisers of one network have them.
pair-apart = The analysis holds them apart.
pair-shared = Contacts that both show:
pair-to-judgement = To the judgement
pair-links = What ties them
pair-no-links = No link runs between them.
judge = Your judgement
judge-legend = What are the two?
judge-same = The same
judge-not_same = Not the same
judge-split_here = Split here
judge-help-same = One desk has both ads. They are joined.
judge-help-not_same = Two desks. Other ads go with the one that they look like.
judge-help-split_here = A number changed hands, or the group ends here. Other ads go by time.
judge-reason = Why?
judge-follows = A new analysis starts as soon as you save. You can undo it at any time.
judge-save = Save the judgement
judge-undo-first = A judgement holds on these two. Undo it first if you see it otherwise now.
judgements = Judgements
judgements-note = A judgement holds in each new analysis. It is never deleted, only undone.
judgements-none = Nobody has judged these ads.
judgement-in-effect = The analysis does as it says.
judgement-waits = The analysis has not followed yet, or something else weighs more.
wrong-judgement = Choose what the two are
wrong-judgement-reason = Write why
wrong-role = Choose what the number is
lineage = Lineage
lineage-none = The group has been the same since its first ad.
lineage-took-in = Took in
lineage-became-part-of = Became part of
lineage-split-from = Was split off
lineage-split-off = Lost a part, now
shared-title = Shared numbers to judge
shared-lead = Many ads show these contacts, and else they have nothing in common. Say what each is, if you can see it.
shared-waiting = { $n ->
    [one] { $count } waits to be named.
   *[other] { $count } wait to be named.
  }
shared-show-named = Show those that are named
shared-show-unnamed = Show those that wait
shared-empty = There are none here.
shared-pager = More numbers
shared-one-title = Shared number { $name }
shared-not-damped = It joins its ads as any contact does.
shared-unnamed = not named yet
shared-sample = Some of its ads
shared-sample-note = One ad for each advertiser. Numbers, addresses and links are marks. Ads in the urgent route are left out.
shared-no-sample = There is no ad to show.
shared-said = What people said
shared-nobody = Nobody has said what it is.
shared-name = What is it?
shared-legend = The number belongs to
shared-save = Save
role-directory = A directory
role-agency = An agency
role-operator = One desk
role-unknown = Not known yet
role-help-directory = A site that lists others. It joins nobody.
role-help-agency = It works for many desks. It joins nobody.
role-help-operator = One desk has all these ads. They are joined.
role-help-unknown = You looked, and cannot tell. The rule decides.
role-is-directory = a directory
role-is-agency = an agency
role-is-operator = one desk
role-is-unknown = not known yet
count-texts = { $n ->
    [one] { $count } text
   *[other] { $count } texts
  }
count-municipalities = { $n ->
    [one] { $count } municipality
   *[other] { $count } municipalities
  }
change-removed = Taken out:
change-added = Put in:
done-judged = Saved. The analysis has followed.
done-judged-soon = Saved. The analysis is under way: open the page again in a moment.
done-judged-before = Nothing was saved: another judgement holds on these two. Undo it first.
done-judgement-undone = Undone. The analysis has followed.
done-judgement-undone-soon = Undone. The analysis is under way: open the page again in a moment.
done-named = Saved. The analysis has followed.
done-named-soon = Saved. The analysis is under way: open the page again in a moment.
