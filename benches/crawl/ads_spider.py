"""Scrapy as its own documentation has it: 16 requests at once, robots.txt obeyed, links followed from listings only, the
same fields, a JSON line for each ad.  scrapy runspider ads_spider.py -a start=URL -o FILE.jsonl"""
import scrapy


class AdsSpider(scrapy.Spider):
    name = "ads"
    custom_settings = {
        "CONCURRENT_REQUESTS": 16,
        "CONCURRENT_REQUESTS_PER_DOMAIN": 16,
        "DOWNLOAD_DELAY": 0,
        "ROBOTSTXT_OBEY": True,
        "COOKIES_ENABLED": False,
        "TELNETCONSOLE_ENABLED": False,
        "LOG_LEVEL": "WARNING",
    }

    def __init__(self, start, **kwargs):
        super().__init__(**kwargs)
        self.start_urls = [start]

    def parse(self, response):
        for link in response.css("article.ad a.title::attr(href)").getall():
            yield response.follow(link, self.parse_ad)
        following = response.css("a[rel=next]::attr(href)").get()
        if following:
            yield response.follow(following, self.parse)

    def parse_ad(self, response):
        def text(css):
            return "".join(response.css(css).xpath(".//text()").getall())

        def attribute(css, name):
            return response.css(f"{css}::attr({name})").get()

        yield {
            "ad_id": attribute("[data-ad]", "data-ad"),
            "title": text("h1.title"),
            "body": text("div.text"),
            "posted_at": attribute("time.posted", "datetime"),
            "phone": attribute("a.phone", "data-number"),
            "price": text(".facts .price"),
            "age": text(".facts .age"),
            "place": text(".facts .place"),
            "name": text(".facts .name"),
            "category": text(".crumbs li.last"),
            "images": [response.urljoin(source) for source in response.css(".gallery img::attr(src)").getall()],
        }
