// A realistic mapping of a whole invoice: 60 fields out of a real Peppol document.
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { codecs } from '../../format/codecs.ts';

const file = path.resolve(import.meta.dirname, '../../../../shared/data/peppol/base-example.xml');

/** Undefined when the document is not there. */
export async function readInvoice(): Promise<unknown> {
  const bytes = await readFile(file).catch(() => undefined);
  return bytes === undefined ? undefined : codecs.xml.parse(bytes, { xml: { namespaces: 'strip' } });
}

export const invoiceExpression = `{
  "id": Invoice.ID,
  "customization": Invoice.CustomizationID,
  "profile": Invoice.ProfileID,
  "type": Invoice.InvoiceTypeCode,
  "issued": Invoice.IssueDate,
  "due": Invoice.DueDate,
  "currency": Invoice.DocumentCurrencyCode,
  "costCentre": Invoice.AccountingCost,
  "buyerReference": Invoice.BuyerReference,
  "supplier": {
    "endpoint": Invoice.AccountingSupplierParty.Party.EndpointID.\`#text\`,
    "scheme": Invoice.AccountingSupplierParty.Party.EndpointID.\`@schemeID\`,
    "id": Invoice.AccountingSupplierParty.Party.PartyIdentification.ID,
    "name": Invoice.AccountingSupplierParty.Party.PartyName.Name,
    "legalName": Invoice.AccountingSupplierParty.Party.PartyLegalEntity.RegistrationName,
    "legalId": Invoice.AccountingSupplierParty.Party.PartyLegalEntity.CompanyID,
    "vat": Invoice.AccountingSupplierParty.Party.PartyTaxScheme.CompanyID,
    "street": Invoice.AccountingSupplierParty.Party.PostalAddress.StreetName,
    "street2": Invoice.AccountingSupplierParty.Party.PostalAddress.AdditionalStreetName,
    "city": Invoice.AccountingSupplierParty.Party.PostalAddress.CityName,
    "zip": Invoice.AccountingSupplierParty.Party.PostalAddress.PostalZone,
    "country": Invoice.AccountingSupplierParty.Party.PostalAddress.Country.IdentificationCode
  },
  "customer": {
    "endpoint": Invoice.AccountingCustomerParty.Party.EndpointID.\`#text\`,
    "scheme": Invoice.AccountingCustomerParty.Party.EndpointID.\`@schemeID\`,
    "name": Invoice.AccountingCustomerParty.Party.PartyName.Name,
    "legalName": Invoice.AccountingCustomerParty.Party.PartyLegalEntity.RegistrationName,
    "legalId": Invoice.AccountingCustomerParty.Party.PartyLegalEntity.CompanyID.\`#text\`,
    "vat": Invoice.AccountingCustomerParty.Party.PartyTaxScheme.CompanyID,
    "street": Invoice.AccountingCustomerParty.Party.PostalAddress.StreetName,
    "street2": Invoice.AccountingCustomerParty.Party.PostalAddress.AdditionalStreetName,
    "city": Invoice.AccountingCustomerParty.Party.PostalAddress.CityName,
    "zip": Invoice.AccountingCustomerParty.Party.PostalAddress.PostalZone,
    "country": Invoice.AccountingCustomerParty.Party.PostalAddress.Country.IdentificationCode,
    "contact": Invoice.AccountingCustomerParty.Party.Contact.Name,
    "phone": Invoice.AccountingCustomerParty.Party.Contact.Telephone,
    "email": Invoice.AccountingCustomerParty.Party.Contact.ElectronicMail
  },
  "delivery": {
    "date": Invoice.Delivery.ActualDeliveryDate,
    "place": Invoice.Delivery.DeliveryLocation.ID.\`#text\`,
    "street": Invoice.Delivery.DeliveryLocation.Address.StreetName,
    "city": Invoice.Delivery.DeliveryLocation.Address.CityName,
    "zip": Invoice.Delivery.DeliveryLocation.Address.PostalZone,
    "country": Invoice.Delivery.DeliveryLocation.Address.Country.IdentificationCode,
    "name": Invoice.Delivery.DeliveryParty.PartyName.Name
  },
  "payment": {
    "means": Invoice.PaymentMeans.PaymentMeansCode.\`@name\`,
    "reference": Invoice.PaymentMeans.PaymentID,
    "account": Invoice.PaymentMeans.PayeeFinancialAccount.ID,
    "bank": Invoice.PaymentMeans.PayeeFinancialAccount.FinancialInstitutionBranch.ID,
    "terms": Invoice.PaymentTerms.Note
  },
  "charge": $number(Invoice.AllowanceCharge.Amount.\`#text\`),
  "tax": $number(Invoice.TaxTotal.TaxAmount.\`#text\`),
  "net": $number(Invoice.LegalMonetaryTotal.TaxExclusiveAmount.\`#text\`),
  "gross": $number(Invoice.LegalMonetaryTotal.TaxInclusiveAmount.\`#text\`),
  "payable": $number(Invoice.LegalMonetaryTotal.PayableAmount.\`#text\`),
  "lines": Invoice.InvoiceLine.{
    "id": ID,
    "name": Item.Name,
    "description": Item.Description,
    "quantity": $number(InvoicedQuantity.\`#text\`),
    "unit": InvoicedQuantity.\`@unitCode\`,
    "price": $number(Price.PriceAmount.\`#text\`),
    "amount": $number(LineExtensionAmount.\`#text\`),
    "gtin": Item.StandardItemIdentification.ID.\`#text\`,
    "vat": $number(Item.ClassifiedTaxCategory.Percent)
  },
  "total": $sum(Invoice.InvoiceLine.($number(InvoicedQuantity.\`#text\`) * $number(Price.PriceAmount.\`#text\`)))
}`;

/** Any part may be missing, so a careful person guards every step. */
interface Node {
  readonly [name: string]: Node | undefined;
}

type Text = string | undefined;

function text(node: Node | undefined): Text {
  return node as unknown as Text;
}

function number(node: Node | undefined): number | undefined {
  return node === undefined ? undefined : Number(node);
}

function party(node: Node | undefined): Record<string, unknown> {
  const address = node?.PostalAddress;
  return {
    endpoint: text(node?.EndpointID?.['#text']),
    scheme: text(node?.EndpointID?.['@schemeID']),
    name: text(node?.PartyName?.Name),
    legalName: text(node?.PartyLegalEntity?.RegistrationName),
    vat: text(node?.PartyTaxScheme?.CompanyID),
    street: text(address?.StreetName),
    street2: text(address?.AdditionalStreetName),
    city: text(address?.CityName),
    zip: text(address?.PostalZone),
    country: text(address?.Country?.IdentificationCode),
  };
}

function supplier(node: Node | undefined): Record<string, unknown> {
  return {
    ...party(node),
    id: text(node?.PartyIdentification?.ID),
    legalId: text(node?.PartyLegalEntity?.CompanyID),
  };
}

function customer(node: Node | undefined): Record<string, unknown> {
  return {
    ...party(node),
    legalId: text(node?.PartyLegalEntity?.CompanyID?.['#text']),
    contact: text(node?.Contact?.Name),
    phone: text(node?.Contact?.Telephone),
    email: text(node?.Contact?.ElectronicMail),
  };
}

function line(node: Node): Record<string, unknown> {
  return {
    id: text(node.ID),
    name: text(node.Item?.Name),
    description: text(node.Item?.Description),
    quantity: number(node.InvoicedQuantity?.['#text']),
    unit: text(node.InvoicedQuantity?.['@unitCode']),
    price: number(node.Price?.PriceAmount?.['#text']),
    amount: number(node.LineExtensionAmount?.['#text']),
    gtin: text(node.Item?.StandardItemIdentification?.ID?.['#text']),
    vat: number(node.Item?.ClassifiedTaxCategory?.Percent),
  };
}

function listOf(node: Node | undefined): readonly Node[] {
  if (node === undefined) return [];
  return Array.isArray(node) ? node : [node];
}

export function invoiceByHand(document: unknown): unknown {
  const { Invoice: invoice } = document as Node;
  const delivery = invoice?.Delivery;
  const address = delivery?.DeliveryLocation?.Address;
  const payment = invoice?.PaymentMeans;
  const totals = invoice?.LegalMonetaryTotal;
  const lines = listOf(invoice?.InvoiceLine).map(line);
  let total = 0;
  for (const { quantity, price } of lines) total += (quantity as number) * (price as number);
  return {
    id: invoice?.ID,
    customization: invoice?.CustomizationID,
    profile: invoice?.ProfileID,
    type: invoice?.InvoiceTypeCode,
    issued: invoice?.IssueDate,
    due: invoice?.DueDate,
    currency: invoice?.DocumentCurrencyCode,
    costCentre: invoice?.AccountingCost,
    buyerReference: invoice?.BuyerReference,
    supplier: supplier(invoice?.AccountingSupplierParty?.Party),
    customer: customer(invoice?.AccountingCustomerParty?.Party),
    delivery: {
      date: delivery?.ActualDeliveryDate,
      place: delivery?.DeliveryLocation?.ID?.['#text'],
      street: address?.StreetName,
      city: address?.CityName,
      zip: address?.PostalZone,
      country: address?.Country?.IdentificationCode,
      name: delivery?.DeliveryParty?.PartyName?.Name,
    },
    payment: {
      means: payment?.PaymentMeansCode?.['@name'],
      reference: payment?.PaymentID,
      account: payment?.PayeeFinancialAccount?.ID,
      bank: payment?.PayeeFinancialAccount?.FinancialInstitutionBranch?.ID,
      terms: invoice?.PaymentTerms?.Note,
    },
    charge: number(invoice?.AllowanceCharge?.Amount?.['#text']),
    tax: number(invoice?.TaxTotal?.TaxAmount?.['#text']),
    net: number(totals?.TaxExclusiveAmount?.['#text']),
    gross: number(totals?.TaxInclusiveAmount?.['#text']),
    payable: number(totals?.PayableAmount?.['#text']),
    lines,
    total,
  };
}
