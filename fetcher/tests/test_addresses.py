"""Which addresses are public."""

from ipaddress import ip_address

import pytest

from fetcher.addresses import is_public

PUBLIC = ["1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.1", "93.184.216.34", "100.63.255.255", "100.128.0.1", "126.255.255.255", "128.0.0.1",
          "172.15.255.255", "172.32.0.1", "192.167.255.255", "192.169.0.1", "198.17.255.255", "198.20.0.1", "223.255.255.255",
          "2606:4700::1111", "2a00:1450:4001:80b::200e", "2001:4860:4860::8888", "2400:cb00::1", "2001:200::1", "3ffd::1"]  # fmt: skip
NOT_PUBLIC = ["0.0.0.0", "10.0.0.0", "100.64.0.0", "127.0.0.1", "169.254.169.254", "172.16.0.0", "172.31.255.255", "192.168.255.255", "198.18.0.0",
              "224.0.0.1", "255.255.255.255", "168.63.129.16", "::", "::1", "::ffff:8.8.8.8", "64:ff9b::808:808", "2002:808:808::", "2001::1",
              "2001:1ff:ffff::", "2001:db8::", "fc00::", "fe80::1", "ff02::1", "1fff::1", "4000::1", "fe80::1%eth0"]  # fmt: skip


@pytest.mark.parametrize("address", PUBLIC)
def test_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("address", NOT_PUBLIC)
def test_not_public(address: str) -> None:
    assert not is_public(ip_address(address))
