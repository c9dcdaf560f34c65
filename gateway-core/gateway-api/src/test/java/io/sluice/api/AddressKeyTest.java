package io.sluice.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class AddressKeyTest {
  private static AddressKey key(String literal) {
    return AddressKey.of(literal);
  }

  @Test
  void everyAddressOfOneHostsPrefixIsTheSame() {
    assertThat(key("2001:db8:1:2::1"))
        .isEqualTo(key("2001:db8:1:2:ffff:ffff:ffff:fffe"))
        .isEqualTo(key("2001:DB8:1:2::"))
        .isNotEqualTo(key("2001:db8:1:3::1"));
  }

  @Test
  void addressesOfIpv4AreEachTheirOwn() {
    assertThat(key("192.0.2.1"))
        .isNotEqualTo(key("192.0.2.2"))
        .isEqualTo(AddressKey.of(new InetSocketAddress("192.0.2.1", 5)));
    assertThat(key("255.255.255.255")).isNotEqualTo(key("ffff:ffff:ffff:ffff::"));
    assertThat(key("0.0.0.0")).isNotEqualTo(key("::"));
  }

  @Test
  void anAddressOfIpv4IsTheSameInEachFormOfIpv6() throws UnknownHostException {
    byte[] mapped = HexFormat.of().parseHex("00000000000000000000ffffc0000201");
    assertThat(AddressKey.of(Inet6Address.getByAddress(null, mapped, -1)))
        .isEqualTo(key("192.0.2.1"));
    assertThat(key("::ffff:192.0.2.1")).isEqualTo(key("192.0.2.1"));
    assertThat(key("64:ff9b::c000:201"))
        .isEqualTo(key("192.0.2.1"))
        .isNotEqualTo(key("64:ff9b::c000:202"));
    assertThat(key("64:ff9b::1:c000:201")).isNotEqualTo(key("192.0.2.1"));
  }

  @Test
  void theLoopbackOfOneFamilyIsNotThatOfTheOther() {
    assertThat(key("::1")).isNotEqualTo(key("127.0.0.1"));
    assertThat(AddressKey.of(InetAddress.getLoopbackAddress())).isEqualTo(key("127.0.0.1"));
  }

  @Test
  void whatHasNoAddressHasOneKey() {
    assertThat(key("localhost")).isEqualTo(AddressKey.UNKNOWN);
    assertThat(key("")).isEqualTo(AddressKey.UNKNOWN);
    assertThat(AddressKey.of(InetSocketAddress.createUnresolved("nowhere.example", 1)))
        .isEqualTo(AddressKey.UNKNOWN);
  }
}
