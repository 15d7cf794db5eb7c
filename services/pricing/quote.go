package pricing

import (
	"context"

	"golang.org/x/sync/errgroup"

	"spanwise/inventory"
)

// Quote prices an order. What is scarce gets no discount, so the inventory is asked how many are left.
func (s *Service) Quote(ctx context.Context, lines []inventory.Line) (Quote, error) {
	if err := inventory.CheckLines(lines); err != nil {
		return Quote{}, err
	}
	skus := make([]string, len(lines))
	for i, l := range lines {
		skus[i] = l.SKU
	}
	var products []priced
	var percents []int64
	var stock []inventory.Stock
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() (err error) {
		products, err = s.priced(ctx, skus)
		return err
	})
	group.Go(func() (err error) {
		percents, err = s.percents(ctx, lines)
		return err
	})
	group.Go(func() (err error) {
		stock, err = s.inventory.Stock(ctx, skus)
		return err
	})
	if err := group.Wait(); err != nil {
		return Quote{}, err
	}
	var q Quote
	for i, l := range lines {
		if stock[i].Available < scarce {
			percents[i] = 0
		}
		q.add(price(l, products[i], percents[i]))
	}
	return q, nil
}

// percents returns each line's discount by its quantity.
func (s *Service) percents(ctx context.Context, lines []inventory.Line) ([]int64, error) {
	lookUp := s.store.discountLookup(ctx)
	percents := make([]int64, len(lines))
	for i, l := range lines {
		discounts, err := lookUp()
		if err != nil {
			return nil, err
		}
		percents[i] = discounts.percent(l.Quantity)
	}
	return percents, nil
}

// price works a line out; discount and tax are rounded half up to whole cents.
func price(l inventory.Line, p priced, discountPercent int64) QuotedLine {
	full := p.cents * int64(l.Quantity)
	discount := percentOf(full, discountPercent)
	tax := percentOf(full-discount, p.taxPercent)
	return QuotedLine{Line: l, Unit: Euros(p.cents), Discount: Euros(discount), Tax: Euros(tax), Total: Euros(full - discount + tax)}
}

func percentOf(cents, percent int64) int64 { return (cents*percent + 50) / 100 }

func (q *Quote) add(l QuotedLine) {
	q.Lines = append(q.Lines, l)
	q.Discount = Euros(q.Discount.Cents + l.Discount.Cents)
	q.Tax = Euros(q.Tax.Cents + l.Tax.Cents)
	q.Total = Euros(q.Total.Cents + l.Total.Cents)
}

// discounts are the percentages by the quantity from which they hold, smallest quantity first.
type discounts []struct{ minQuantity, percent int64 }

func (ds discounts) percent(quantity int) int64 {
	var percent int64
	for _, d := range ds {
		if int64(quantity) >= d.minQuantity {
			percent = d.percent
		}
	}
	return percent
}
