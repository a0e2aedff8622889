// The deliveries that docs/audit.md draws its answers from: a real estate agency, a veterinary clinic, and a workshop that still develops its app.
#pragma once

namespace ledger::test {

inline constexpr const char* kAgency = "eHy2cOSZxMQzQ6Yyvl8P";
inline constexpr const char* kClinic = "YpZUCDPCffMDeYhgb4rL";
inline constexpr const char* kWorkshop = "ve9EPM428h8vShlRW1KT";

inline constexpr const char* kCreate = "AssociationCreate";
inline constexpr const char* kUpdate = "AssociationUpdate";
inline constexpr const char* kDelete = "AssociationDelete";

/// What a body says, in HighLevel's words; empty fields are left out. No value needs an escape.
struct Says {
  const char* type = "";
  const char* location = "";
  const char* id = "";
  const char* key = "";
  const char* first = "";         ///< Label.
  const char* second = "";        ///< Label.
  const char* first_object = "";  ///< Object key.
  const char* second_object = "";
  const char* at = "";
  const char* webhook = "";
  const char* trace = "";
};

enum class SignedBy { highlevel, nobody };

/// A delivery, and when the ledger took it.
struct Arrival {
  const char* recorded_at;
  Says says;
  SignedBy signed_by = SignedBy::highlevel;
  const char* path = "";  ///< The event that the URL names.
};

inline constexpr Arrival kArrivals[] = {
    {"2026-09-14T08:00:01.140Z",
     {kCreate, kClinic, "66e5a001c4", "pet_keeper", "Owner", "Pet", "contact", "custom_objects.pet", "2026-09-14T08:00:00.100Z", "c1a0-01"}},
    {"2026-09-14T08:00:01.140Z",
     {kCreate, kClinic, "66e5a002c4", "pet_vet", "Vet", "Pet", "contact", "custom_objects.pet", "2026-09-14T08:00:00.420Z", "c1a0-02"}},
    {"2026-09-14T08:00:02.005Z",
     {kCreate, kClinic, "66e5a003c4", "visit_pet", "Visit", "Pet", "custom_objects.visit", "custom_objects.pet", "2026-09-14T08:00:00.810Z",
      "c1a0-03"}},
    {"2026-09-14T08:00:02.005Z",
     {kCreate, kClinic, "66e5a004c4", "insurer_pet", "Insurer", "Pet", "business", "custom_objects.pet", "2026-09-14T08:00:01.230Z", "c1a0-04"}},
    {"2026-10-02T09:15:00.310Z",
     {kCreate, kAgency, "67ade73d1119d2ac7ad0c475", "buyer_property_interest", "Interested Buyer", "Property", "custom_objects.real_estate_buyer",
      "custom_objects.property", "2026-10-02T09:15:00.000Z", "a5e1-01", "trace-7f01"}},
    {"2026-10-02T09:20:11.050Z",
     {kCreate, kAgency, "67ade9a21119d2ac7ad0c4b0", "seller_property", "Seller", "Property", "contact", "custom_objects.property",
      "2026-10-02T09:20:10.700Z", "a5e1-02"}},
    {"2026-10-14T16:40:12.480Z",
     {kUpdate, kAgency, "67ade73d1119d2ac7ad0c475", "", "Buyer", "", "", "", "2026-10-14T16:40:12.125Z", "a5e1-03", "trace-7f02"}},
    // The same delivery, retried: recognised, and in no answer below.
    {"2026-10-14T16:41:13.000Z",
     {kUpdate, kAgency, "67ade73d1119d2ac7ad0c475", "", "Buyer", "", "", "", "2026-10-14T16:40:12.125Z", "a5e1-03", "trace-7f02"}},
    {"2026-10-19T11:05:43.900Z",
     {kDelete, kAgency, "67ade9a21119d2ac7ad0c4b0", "seller_property", "Seller", "Property", "", "", "2026-10-19T11:05:43.512Z", "a5e1-04"}},
    {"2026-10-19T11:32:08.120Z",
     {kCreate, kAgency, "68f4d2c81119d2ac7ad0c4f1", "seller_property", "Seller", "Property", "contact", "custom_objects.property",
      "2026-10-19T11:32:07.801Z", "a5e1-05"}},
    {"2026-10-20T06:00:00.777Z",
     {kUpdate, kAgency, "OPPORTUNITIES_CONTACTS_ASSOCIATION", "", "Deal", "Contact", "opportunity", "contact", "2026-10-20T06:00:00.500Z",
      "a5e1-06"}},
    {"2026-11-07T12:46:46.310Z",
     {kDelete, kAgency, "67ade73d1119d2ac7ad0c475", "buyer_property_interest", "Buyer", "Property", "custom_objects.real_estate_buyer",
      "custom_objects.property", "2026-11-07T12:46:45.953Z", "881b9415-5d35-4ff1-a667-0545b80b96c0", "trace-7f03"}},
    {"2026-11-07T18:20:00.040Z",
     {kUpdate, kAgency, "67ade73d1119d2ac7ad0c475", "", "Serious Buyer", "", "", "", "2026-11-05T08:00:00.000Z", "a5e1-08"}},
    {"2026-11-08T07:30:00.415Z",
     {kCreate, kAgency, "690ef3a81119d2ac7ad0c502", "buyer_interest", "Buyer", "Property", "custom_objects.real_estate_buyer",
      "custom_objects.property", "2026-11-08T07:30:00.020Z", "a5e1-09"}},
    {"2026-11-12T10:00:00.200Z", {kUpdate, kClinic, "66e5a001c4", "", "Keeper", "", "", "", "2026-11-12T09:59:59.900Z", "c1a0-05"}},
    {"2026-11-12T10:00:04.700Z", {kUpdate, kClinic, "66e5a001c4", "", "Holder", "", "", "", "2026-11-12T09:59:59.900Z", "c1a0-05"}},
    {"2026-11-20T03:12:01.002Z", {kDelete, kClinic, "66e5a001c4", "", "", "", "", "", "2026-11-20T03:12:00.340Z", "c1a0-06"}},
    {"2026-11-20T03:12:01.002Z", {kDelete, kClinic, "66e5a002c4", "", "", "", "", "", "2026-11-20T03:12:00.610Z", "c1a0-07"}},
    {"2026-11-20T03:12:02.480Z", {kDelete, kClinic, "66e5a003c4", "", "", "", "", "", "2026-11-20T03:12:01.950Z", "c1a0-08"}},
    {"2026-11-21T15:00:02.000Z", {kDelete, kClinic, "67300e5dc4", "visit_room", "", "", "", "", "2026-11-21T15:00:01.500Z", "c1a0-10"}},
    {"2026-11-21T15:00:30.250Z",
     {kCreate, kClinic, "67300e5dc4", "visit_room", "Visit", "Room", "custom_objects.visit", "custom_objects.room", "2026-11-21T14:10:00.000Z",
      "c1a0-09"}},
    {"2026-11-22T09:41:17.006Z", {kDelete, kClinic, "66e5a004c4", "", "", "", "", "", "2026-11-20T03:12:04.100Z", "c1a0-11"}},
    // The documented payloads: without type, timestamp and webhook id. The first two stand in one group, so in one millisecond.
    {"2026-11-23T12:00:00.000Z",
     {"", kWorkshop, "0f6dd5a2", "car_driver", "Driver", "Car", "contact", "custom_objects.car"},
     SignedBy::nobody,
     kCreate},
    {"2026-11-23T12:00:00.000Z",
     {"", kWorkshop, "0f6dd5a2", "car_driver", "Chauffeur", "Car", "contact", "custom_objects.car"},
     SignedBy::nobody,
     kUpdate},
    {"2026-11-23T12:05:00.000Z", {kDelete, kWorkshop, "0f6dd5a2", "car_driver"}, SignedBy::nobody, kUpdate},
};

/// A signed delivery that is no event.
struct Undecoded {
  const char* recorded_at;
  const char* path;
  const char* body;
};
inline constexpr Undecoded kUndecoded[] = {
    {"2026-11-12T10:02:00.310Z", kDelete, R"({"type":"AssociationDelete","locationId":"YpZUCDPCffMDeYhgb4rL","webhookId":"c1a0-12"})"},
    {"2026-11-22T20:15:09.600Z", "", R"({"type":"AssociationUpdate","id":"690ef3a81119d2ac7ad0c502",)"},
};

}  // namespace ledger::test
