"""URLs that must lead nowhere: every spelling of an address inside, and URLs that parsers disagree about."""

# What a resolver answers for these names.
NAMES = {
    "localhost": ["127.0.0.1", "::1"],
    "localhost.": ["127.0.0.1"],
    "localhost.localdomain": ["127.0.0.1"],
    "ip6-localhost": ["::1"],
    "intranet": ["10.0.0.5"],
    "127.0.0.1.nip.io": ["127.0.0.1"],
    "7f000001.nip.io": ["127.0.0.1"],
    "loopback.example.com": ["127.0.0.1"],
    "loopback6.example.com": ["::1"],
    "mixed.example.com": ["93.184.216.34", "127.0.0.1"],
    "mixed6.example.com": ["2606:2800:220:1:248:1893:25c8:1946", "::1"],
    "ten.example.com": ["10.1.2.3"],
    "hundred.example.com": ["172.16.9.9"],
    "home.example.com": ["192.168.1.1"],
    "carrier.example.com": ["100.64.0.1"],
    "metadata.google.internal": ["169.254.169.254"],
    "metadata.example.com": ["169.254.169.254"],
    "azure.example.com": ["168.63.129.16"],
    "zero.example.com": ["0.0.0.0"],
    "mapped.example.com": ["::ffff:127.0.0.1"],
    "nat64.example.com": ["64:ff9b::7f00:1"],
    "sixtofour.example.com": ["2002:7f00:1::1"],
    "teredo.example.com": ["2001:0:4136:e378:8000:63bf:80ff:fffe"],
    "ula.example.com": ["fd00::1"],
    "linklocal.example.com": ["fe80::1"],
    "scoped.example.com": ["fe80::1%eth0"],
    "multicast.example.com": ["224.0.0.1"],
    "documentation.example.com": ["203.0.113.7"],
    "xn--bcher-kva.example": ["127.0.0.1"],
}

V4 = [
    # loopback
    "127.0.0.1", "127.0.0.2", "127.1", "127.0.1", "127.255.255.254", "0x7f.0.0.1", "0x7f.1", "0x7f000001", "0X7F000001", "0x7F.0x0.0x0.0x1",
    "2130706433", "017700000001", "0177.0.0.1", "0177.1", "00000177.0.0.1", "0177.0x0.0.1", "127.0.0.01", "127.000.000.001", "127.0x1",
    # this host, any
    "0", "0.0.0.0", "0x0", "00", "0.1", "0.0.0.1",
    # private
    "10.0.0.1", "10.255.255.255", "167772161", "0xa.1", "012.0.0.1", "172.16.0.1", "172.31.255.255", "2886729729", "0xac100001",
    "192.168.0.1", "192.168.1.254", "3232235521", "0xc0a80001", "0300.0250.0.1", "100.64.0.1", "100.100.100.200", "100.127.255.254",
    # metadata and link-local
    "169.254.169.254", "169.254.170.2", "2852039166", "0xa9fea9fe", "0251.0376.0251.0376", "0xa9.0xfe.0xa9.0xfe", "169.254.43518", "168.63.129.16",
    "192.0.0.192",
    # special
    "192.0.0.1", "192.0.0.170", "192.0.2.1", "198.18.0.1", "198.19.255.255", "198.51.100.1", "203.0.113.1", "192.88.99.1", "192.31.196.1",
    "192.52.193.1", "192.175.48.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255", "4294967295",
    # digits and dots of other scripts
    "①②⑦.⓪.⓪.①", "１２７.０.０.１", "127。0。0。1", "127．0．0．1", "127｡0｡0｡1", "١٢٧.٠.٠.١", "𝟏𝟐𝟕.𝟎.𝟎.𝟏", "ⓛⓞⓒⓐⓛⓗⓞⓢⓣ", "ｌｏｃａｌｈｏｓｔ",
    "local\u00adhost", "localhos\u200bt", "loca\u017fhost",
    # trailing dots, percent, spaces
    "127.0.0.1.", "127.1.", "0x7f.1.", "127%2e0%2e0%2e1", "%31%32%37.0.0.1", "localhost%00.example.com", "127.0.0.1%00", "127.0.0.1%20",
    "127.0.0.1 ", " 127.0.0.1", "127.0.0.1\t", "127.0.0.1\n", "12\t7.0.0.1", "127.0.0.1\\.example.com", "127.0.0.1,example.com", "127.0.0.1;example.com",
    "LOCALHOST", "LocalHost", *NAMES, "bücher.example",
]  # fmt: skip

V6 = [
    "::1", "0:0:0:0:0:0:0:1", "0000:0000:0000:0000:0000:0000:0000:0001", "0::1", "::0001", "::", "0::0", "::127.0.0.1", "::7f00:1",
    "::ffff:127.0.0.1", "::FFFF:127.0.0.1", "::ffff:7f00:1", "0:0:0:0:0:ffff:7f00:1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:a9fe:a9fe",
    "::ffff:0:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "64:ff9b:1::7f00:1", "2002:7f00:1::",
    "2002:a00:1::1", "2002:a9fe:a9fe::", "2001::1", "2001:0:4136:e378:8000:63bf:80ff:fffe", "2001:2::1", "2001:10::1", "2001:20::1", "2001:db8::1", "3fff::1",
    "2620:4f:8000::1", "3ffe::1", "fc00::1", "fd00::1", "fd00:ec2::254", "fe80::1", "fe80::1%25lo", "fe80::1%lo", "::1%25lo", "fe80::a9fe:a9fe", "febf::1", "fec0::1", "ff02::1",
    "ff0e::1", "100::1", "5f00::1", "4000::1", "v1.::1", "::1]@[::1", "::ffff:127.1", "1::1::1", "::g",
]  # fmt: skip

WHOLE = [
    # user names, and hosts that only look like the host
    "http://user@127.0.0.1:{port}/", "http://user:password@localhost:{port}/", "http://:@127.0.0.1:{port}/", "http://@127.0.0.1:{port}/",
    "http://example.com@127.0.0.1:{port}/", "http://example.com:80@127.0.0.1:{port}/", "http://example.com:{port}@127.0.0.1/",
    "http://127.0.0.1:{port}@example.com/", "http://example.com%40127.0.0.1:{port}/", "http://example.com#@127.0.0.1:{port}/",
    "http://example.com\\@127.0.0.1:{port}/", "http://127.0.0.1:{port}\\@example.com/", "http://example.com\\.127.0.0.1:{port}/",
    "http://example.com&@127.0.0.1:{port}#@example.org/", "http://127.0.0.1:{port}:80/", "http://127.0.0.1:80:{port}/",
    "http://127.0.0.1:{port}\\example.com/", "http:\\\\127.0.0.1:{port}\\", "http:/\\127.0.0.1:{port}/", "http:127.0.0.1:{port}/",
    "http:/127.0.0.1:{port}/", "http:///127.0.0.1:{port}/", "http:////127.0.0.1:{port}/", "//127.0.0.1:{port}/", "127.0.0.1:{port}/", "localhost:{port}",
    " http://127.0.0.1:{port}/", "\thttp://127.0.0.1:{port}/", "h\nttp://127.0.0.1:{port}/", "http://127.0.0.1:{port}/\r\nHost: x", "http://\0127.0.0.1:{port}/",
    "http://[::1:{port}/", "http://::1:{port}/", "http://[127.0.0.1]:{port}/", "http://[localhost]:{port}/", "http://[::1]{port}/", "http://[::1].example.com:{port}/",
    "http://127.0.0.1:0{port}/", "http://127.0.0.1:+{port}/", "http://127.0.0.1:-1/", "http://127.0.0.1:0/", "http://127.0.0.1:65536/", "http://127.0.0.1:{port}x/",
    "http://127.0.0.1:99999999999999999999/", "http://127.0.0.1:１２３/", "http://./", "http://../", "http://.../", "http://", "http://:{port}/", "http://*/", "http://%/",
    # schemes
    "file:///etc/passwd", "file://127.0.0.1:{port}/", "ftp://127.0.0.1:{port}/", "gopher://127.0.0.1:{port}/_GET", "dict://127.0.0.1:{port}/", "ldap://127.0.0.1:{port}/",
    "tftp://127.0.0.1:{port}/", "sftp://127.0.0.1:{port}/", "ssh://127.0.0.1:{port}/", "smtp://127.0.0.1:{port}/", "ws://127.0.0.1:{port}/", "wss://127.0.0.1:{port}/",
    "jar:http://127.0.0.1:{port}!/", "netdoc:///etc/passwd", "data:text/html,x", "javascript:fetch(1)", "blob:http://127.0.0.1:{port}/x", "view-source:http://127.0.0.1:{port}/",
    "about:blank", "unix:///var/run/docker.sock", "http+unix://%2Fvar%2Frun%2Fdocker.sock/info", "url:http://127.0.0.1:{port}/", "HTTP+x://127.0.0.1:{port}/",
    "httpſ://127.0.0.1:{port}/", "ｈｔｔｐ://127.0.0.1:{port}/", "\u202ehttp://127.0.0.1:{port}/", "", " ", "\0", "?", "#", "http", "http:", "https:///",
    # other ports of public hosts, and what no host can be
    "http://93.184.216.34:22/", "http://93.184.216.34:6379/", "https://93.184.216.34:8443/", "http://" + "a" * 64 + ".example.com:{port}/", "http://" + "a." * 200 + "com/",
    "http://a..b/", "http://-/", "http://xn--/", "http://xn--a/", "http://" + "1" * 300 + "/", "http://93.184.216.34/" + "a" * 9000,
]  # fmt: skip

TEMPLATES = [
    *(f"http://{host}:{{port}}/" for host in V4),
    *(f"http://[{host}]:{{port}}/" for host in V6),
    *(f"https://{host}:{{port}}/" for host in ("127.0.0.1", "2130706433", "localhost", "[::1]", "[::ffff:127.0.0.1]", "metadata.google.internal")),
    *WHOLE,
]
